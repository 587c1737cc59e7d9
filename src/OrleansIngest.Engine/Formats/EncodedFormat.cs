using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>A text format over content in an encoding other than UTF-8. For a single-byte encoding, fields are decoded one by
/// one: positions stay bytes of the file, and rejects keep the stored bytes. Content in any other encoding is already converted
/// to UTF-8 (<see cref="TranscodingCodec"/>); then only records with invalid characters are rejected here.</summary>
/// <param name="inner">Reads the records.</param>
/// <param name="encoding">Of the stored text.</param>
/// <param name="perField">Whether fields are decoded here.</param>
/// <param name="note">A finding about the encoding; null for none.</param>
sealed class EncodedFormat(IRecordFormat inner, TextEncoding encoding, bool perField, string? note) : IRecordFormat
{
    public string Name => inner.Name;

    public PositionUnit UnitOver(PositionUnit bytes) => inner.UnitOver(bytes);

    public bool HasLines => inner.HasLines;

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) => inner.LayoutOfRaw(names, fieldCount);

    /// <summary>The layout is read from the text as UTF-8: names and delimiters are compared as text.</summary>
    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        if (!perField) return WithNote(inner.ReadLayout(content, columns));
        using var text = new TranscodingCodec(encoding, TextView).Open(new SharedContent(content));
        return WithNote(inner.ReadLayout(text, columns));
    }

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) =>
        inner.Open(content, layout, span, start, Wrapped(user));

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user) =>
        inner.OpenRaw(raw, layout, Wrapped(user));

    static readonly Codecs.DecodeLimits TextView = new() { AheadBytes = 0, WindowBytes = 2 << 20, MaxRatio = int.MaxValue };

    RecordLayout WithNote(RecordLayout layout) => note is null ? layout : layout with { Findings = [note, .. layout.Findings] };

    IRecordConsumer<TResult> Wrapped<TResult>(IRecordConsumer<TResult> user) =>
        perField ? new PerField<TResult>(user, new SingleByteText(encoding)) : new Marked<TResult>(user, encoding.Name);

    sealed class PerField<TResult>(IRecordConsumer<TResult> user, SingleByteText text) : IRecordConsumer<TResult>
    {
        public TResult Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords =>
            user.Use(new SingleByteRecords(new HeldRecords<TRecords>(records), text));
    }

    sealed class Marked<TResult>(IRecordConsumer<TResult> user, string encoding) : IRecordConsumer<TResult>
    {
        public TResult Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords =>
            user.Use(new MarkedRecords(new HeldRecords<TRecords>(records), encoding));
    }
}
