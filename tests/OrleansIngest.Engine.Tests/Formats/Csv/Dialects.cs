using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

/// <summary>One record as any reader of CSV gives it: its place, and its fields (null for NULL), or why it is none.</summary>
sealed record AnyRecord(long Position, long Line, RecordKind Kind, string Raw, string Text);

/// <summary>Takes all records of a span.</summary>
sealed class AllRecords : IRecordConsumer<List<AnyRecord>>
{
    public static List<AnyRecord> Of(ByteContent content, CsvLayout layout, long start = 0, long? end = null, long line = 1)
    {
        var span = new PositionSpan(start, end ?? content.Length ?? PositionSpan.Open);
        return new CsvFormat(new CsvOptions()).Open(content, layout, span, new RecordPosition(1, line), new AllRecords());
    }

    public List<AnyRecord> Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
    {
        var all = new List<AnyRecord>();
        for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
        {
            var text = kind switch
            {
                RecordKind.Data => string.Join('|', Fields(ref records)),
                RecordKind.Broken => records.Fault.Reason + ": " + records.Fault.Detail,
                _ => "",
            };
            all.Add(new AnyRecord(records.Position, records.Line, kind,
                kind == RecordKind.Blank ? "" : Encoding.UTF8.GetString(records.Raw), text));
        }

        records.Dispose();
        return all;
    }

    static List<string> Fields<TRecords>(ref TRecords records) where TRecords : struct, ITextRecords
    {
        var fields = new List<string>();
        for (var i = 0; i < records.FieldCount; i++)
        {
            var field = records.Field(i);
            fields.Add(field.IsEmpty && records.IsNull(i) ? "NULL" : $"<{Encoding.UTF8.GetString(field)}>");
        }

        return fields;
    }
}

/// <summary>Content whose length is known only at its end, as behind a codec.</summary>
sealed class EndlessContent(byte[] bytes) : ByteContent
{
    public override PositionUnit Unit => PositionUnit.DecodedByte;

    public override long? Length => null;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length) return 0;
        // in pieces, as a decoder gives them
        var length = (int)Math.Min(Math.Min(buffer.Length, 7 + offset % 5), bytes.Length - offset);
        bytes.AsSpan((int)offset, length).CopyTo(buffer);
        return length;
    }
}

/// <summary>Dialects of every kind, and texts for them.</summary>
static class Dialects
{
    static readonly string[] Delimiters = [",", ";", "\t", "||", "§", "<>", "aab", " "];

    /// <summary>Options for a number: each option is used by many of them.</summary>
    public static CsvOptions Of(Random random) => new()
    {
        Delimiter = Delimiters[random.Next(Delimiters.Length)],
        Quote = random.Next(5) switch { 0 => '\'', 1 => CsvOptions.NoQuote, _ => '"' },
        Escape = random.Next(3) == 0 ? '\\' : null,
        Quotes = random.Next(3) == 0 ? QuoteReading.Strict : QuoteReading.Lenient,
        Comment = random.Next(4) switch { 0 => "#", 1 => "--", _ => null },
        SkipLines = random.Next(4) == 0 ? random.Next(3) : null,
        HeaderLines = random.Next(4) switch { 0 => 0, 1 => 2, _ => 1 },
        SkipFooterLines = random.Next(3) == 0 ? random.Next(1, 4) : null,
        NullValues = random.Next(3) == 0 ? ["", "NA", "b"] : [""],
        QuotedEmptyIsNull = random.Next(3) == 0,
        Trim = random.Next(3) == 0,
        RaggedRows = random.Next(4) == 0 ? RaggedRowPolicy.Fit : RaggedRowPolicy.Reject,
        RepeatedHeader = (RepeatedHeaderPolicy)random.Next(3),
        MaxRecordBytes = random.Next(4) == 0 ? 40 : 1 << 20,
    };

    /// <summary>Text for a dialect, or bytes of any kind.</summary>
    public static byte[] Content(Random random, CsvOptions options) =>
        random.Next(4) == 0 ? Bytes(random, options) : Text(random, options);

    /// <summary>Bytes that are no text, among those that mean something to a dialect.</summary>
    static byte[] Bytes(Random random, CsvOptions options)
    {
        byte[] signs = [.. Encoding.UTF8.GetBytes(options.Delimiter!), (byte)'"', (byte)'\'', (byte)'\\', (byte)'\n', (byte)'\r',
            (byte)'#', 0, 0xC3, 0xFF, 0xEF];
        var bytes = new byte[random.Next(1, 200)];
        random.NextBytes(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (random.Next(3) > 0) bytes[i] = signs[random.Next(signs.Length)];
        }

        if (bytes[0] >= 0xFE) bytes[0] = (byte)'x'; // a mark of UTF-16 is refused before a file gets here
        return bytes;
    }

    /// <summary>Text in which the signs of a dialect meet in every order.</summary>
    public static byte[] Text(Random random, CsvOptions options)
    {
        var quote = options.Quote is { } sign && sign != CsvOptions.NoQuote ? sign.ToString() : "\"";
        var delimiter = options.Delimiter!;
        string[] pieces =
        [
            delimiter, delimiter, delimiter, quote, quote, quote + quote, $"{delimiter}{quote}", $"{quote}{delimiter}", "\n",
            "\r\n", "\r", "\n\n", "a", "b", "NA", " ", "\t", "é",
            "\\", $"\\{quote}", "\\\n", "#", "#x\n", "--", $"h{delimiter}k{delimiter}l\n", $"1{delimiter}2{delimiter}3\n",
            $"{quote}x\ny{quote}{delimiter}z{delimiter}{quote}{quote}\n",
            delimiter[..1], $"x{delimiter}5{quote} y{delimiter}z\r\n",
        ];
        var text = new StringBuilder(random.Next(4) == 0 ? "\uFEFF" : "");
        if (random.Next(2) == 0) text.Append(CultureInfo.InvariantCulture, $"h{delimiter}k{delimiter}l\n");
        for (var i = random.Next(1, 40); i > 0; i--) text.Append(pieces[random.Next(pieces.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
