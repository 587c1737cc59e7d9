using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Ndjson;

/// <summary>One JSON object per line (NDJSON, JSON Lines).</summary>
sealed class NdjsonFormat(JsonOptions options) : IRecordFormat
{
    readonly MemberPath _path = options.Path is { } path ? MemberPath.Parse(path)! : MemberPath.Root;

    public string Name => "ndjson";

    public PositionUnit UnitOver(PositionUnit bytes) => bytes;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        if (_path.IsEach)
            throw new LayoutException($"{_path} selects several records per line, but an NDJSON line is one record; if "
            + $"the file is one JSON document, set format: json");
        var sample = new JsonSample(options, _path);
        using var lines = new LineReader(content, new PositionSpan(0, content.Length ?? PositionSpan.Open), 1,
            options.MaxRecordBytes);
        while (sample.WantsMore(lines.Position) && lines.Next()) sample.Add(lines.Text, lines.Position, $"line {lines.Line}");
        return sample.ToLayout();
    }

    public TResult Open<TResult>(
        ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) => user.Use(
        new NdjsonRecords(new NdjsonReader(content, span, (JsonLayout)layout, start.Line, options.MaxRecordBytes),
            layout.FieldCount));

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) => JsonLayout.Of(names, options, _path);

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user)
    {
        // A line break before it: at the start of a file a byte order mark would be skipped.
        var content = new MemoryContent((byte[])[(byte)'\n', .. raw]);
        return Open(content, layout, new PositionSpan(1, 1 + raw.Length), new RecordPosition(1, 1), user);
    }
}
