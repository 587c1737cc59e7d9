using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Tests.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Splitting;

/// <summary>The law: parts begin where the reader of the whole span finds a record, with its number and line.</summary>
public sealed class RecordSplitterTests
{
    static readonly string[] Pieces =
        ["a", "b c", ",", ",", "\"", "\"", "\"\"", "\n", "\r\n", "\r", "5\" x", ",\"q\",", "\"\n", "é", ",\"x\ny\",",
            "1,2,3,4\n", "'", "|"];

    static readonly CsvOptions[] Dialects =
    [
        new() { Delimiter = "," },
        new() { Delimiter = ",", RaggedRows = RaggedRowPolicy.Fit },
        new() { Delimiter = ",", Quotes = QuoteReading.Strict },
        new() { Delimiter = ",", RepeatedHeader = RepeatedHeaderPolicy.Skip },
        new() { Delimiter = ",", Quote = CsvOptions.NoQuote },
        new() { Delimiter = "|", Quote = '\'' },
        new() { Delimiter = ",", MaxRecordBytes = 1024 },
    ];

    [Fact]
    public void Take_AnyText_PartsBeginWhereTheReaderFindsRecords() =>
        Gen.Select(Gen.Int[0, Pieces.Length - 1].Array[0, 120], Gen.Int[0, Dialects.Length - 1], Gen.Long[1, 60],
            Gen.Long[1, 9]).Sample(
            (pieces, dialect, bytes, records) =>
            {
                var text = "a,b,c,d\n" + string.Concat(pieces.Select(i => Pieces[i]));
                Hold(new CsvFormat(Dialects[dialect]), text, bytes, records);
            },
            iter: 20_000, threads: 1);

    [Fact]
    public void Take_SpoiledRecords_PartsBeginWhereTheReaderFindsRecords()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var text = "id,name,amount,sign\n" + SpoiledText.Write(seed).Text;
            Hold(new CsvFormat(Dialects[seed % Dialects.Length]), text, 1 + seed * 7, 1 + seed % 50);
        }
    }

    /// <summary>Longer than the chunk that is looked at, so that its end falls on everything that can stand there.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Take_TextOfSeveralChunks_PartsBeginWhereTheReaderFindsRecords(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name,amount,sign\n");
        while (text.Length < 900_000)
        {
            text.Append(random.Next(6) switch
            {
                0 => $"{text.Length},\"two\r\nlines \"\"{random.Next()}\"\"\",1.5,s\r\n",
                1 => $"{text.Length},\"{new string('\n', random.Next(300))}\",\"\",s\n",
                2 => "\r",
                3 when random.Next(2000) == 0 => $"{text.Length},\"open,1.5,s\n",
                _ => $"{text.Length},{new string('x', random.Next(200))},1.5,s\n",
            });
        }

        Hold(new CsvFormat(Dialects[0]), text.ToString(), random.Next(1000, 300_000), random.Next(100, 5000));
    }

    [Fact]
    public void Take_Ndjson_PartsBeginAtLines() => Gen.Select(Gen.Int[0, 5].Array[0, 120], Gen.Long[1, 60],
        Gen.Long[1, 9]).Sample(
        (pieces, bytes, records) =>
        {
            string[] lines = ["{\"a\":\"x\\ny\"}\n", "\n", "{\"a\":2}\r\n", "not\rjson\n", "\r\n", new string('z', 90) + "\n"];
            Hold(new NdjsonFormat(new JsonOptions()), "{\"a\":1}\n" + string.Concat(pieces.Select(i => lines[i])) + "{\"a\":3}",
                bytes, records);
        },
        iter: 3000, threads: 1);

    [Fact]
    public void Take_SpanWithinTheFile_CountsOnFromItsStart()
    {
        var format = new CsvFormat(Dialects[0]);
        var content = Content("a,b,c,d\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i},\"x\ny\",2,3\n")));
        var layout = format.ReadLayout(content, null);
        var all = FormatProbe.Read(format, content, layout);
        var (from, to) = (all[120], all[250]);

        var parts = Parts(new RecordInput(format, content, layout), new PositionSpan(from.Position, to.Position),
            new RecordPosition(121, from.Line), 500, 20);

        parts[0].Start.ShouldBe(new RecordBoundary(from.Position, new RecordPosition(121, from.Line)));
        parts[^1].End.Offset.ShouldBe(to.Position);
        parts[^1].End.Position.Record.ShouldBe(251);
        parts.ShouldAllBe(p => all[(int)p.Start.Position.Record - 1].Position == p.Start.Offset
            && all[(int)p.Start.Position.Record - 1].Line == p.Start.Position.Line);
    }

    [Fact]
    public void Take_BrokenAndLongRecords_PartsBeginAtRecords() => Hold(
        new CsvFormat(new CsvOptions { Delimiter = ",", MaxRecordBytes = 2048 }),
        "a,b,c,d\n" + string.Concat(Enumerable.Range(0, 20_000)
            .Select(i => i % 4000 == 0 ? $"{i},\"open {new string('y', 300_000)},2,3\n" : $"{i},\"x\ny\",2,3\n")),
        50_000, 10_000);

    [Fact]
    public void Take_FileCutShort_SaysSo()
    {
        var content = Content("a,b\n1,2\n3,4\n");
        var format = new CsvFormat(new CsvOptions { Delimiter = "," });
        using var splitter = new RecordSplitter(
            new RecordInput(format, content, format.ReadLayout(content, null)), SplitSigns.Of(Input(format, content))!,
            new PositionSpan(0, 100), new RecordPosition(1, 1));

        while (splitter.Take(5, 1) is not null)
        {
            // Only the end is of interest.
        }

        splitter.EndedEarly.ShouldBeTrue();
    }

    [Fact]
    public void Of_DialectsWithOtherRules_HasNoSigns()
    {
        CsvOptions[] others =
        [
            new() { Delimiter = ";;" }, new() { Delimiter = ",", Comment = "#" }, new() { Delimiter = ",", Trim = true },
            new() { Delimiter = ",", Escape = '\\' }, new() { Delimiter = ",", SkipFooterLines = 1 },
            new() { Delimiter = ",", RepeatedHeader = RepeatedHeaderPolicy.Stop },
        ];

        others.ShouldAllBe(options => SplitSigns.Of(Input(new CsvFormat(options), Content("a,b\n1,2\n"))) == null);
    }

    [Theory]
    [InlineData(100, 11, 21, false, true)]
    [InlineData(101, 11, 21, false, false)]
    [InlineData(100, 12, 21, false, false)]
    [InlineData(100, 11, 22, false, false)]
    [InlineData(100, 11, 22, true, true)] // behind the last record nobody knows the line
    [InlineData(100, 12, 21, true, false)]
    public void EndsAt_OffsetRecordOrLineDiffer_IsFalse(long offset, long record, long line, bool isLast, bool expected)
    {
        var part = new SpanPart(
            new RecordBoundary(50, new RecordPosition(6, 11)), new RecordBoundary(100, new RecordPosition(11, 21)), isLast);

        part.EndsAt(offset, new RecordPosition(record, line)).ShouldBe(expected);
    }

    static void Hold(IRecordFormat format, string text, long bytes, long records)
    {
        var content = Content(text);
        var layout = format.ReadLayout(content, null);
        var length = content.Length!.Value;
        var all = FormatProbe.Read(format, content, layout);
        var parts = Parts(new RecordInput(format, content, layout), new PositionSpan(0, length),
            new RecordPosition(1, 1), bytes, records);

        parts[0].Start.ShouldBe(new RecordBoundary(0, new RecordPosition(1, 1)), text);
        (parts[^1].End.Offset, parts[^1].End.Position.Record, parts[^1].IsLast).ShouldBe((length, all.Count + 1, true), text);
        for (var i = 0; i < parts.Count - 1; i++)
        {
            var (start, end, isLast) = parts[i];
            var next = all[(int)end.Position.Record - 1];
            (end.Offset, end.Position.Line, isLast).ShouldBe((next.Position, next.Line, false), text);
            parts[i + 1].Start.ShouldBe(end);
            (end.Position.Record - start.Position.Record).ShouldBeInRange(1, records);
            if (end.Position.Record - start.Position.Record > 1)
                all[(int)end.Position.Record - 2].Position.ShouldBeLessThan(start.Offset + bytes,
                    "it is longer than was asked for");
        }
    }

    static List<SpanPart> Parts(RecordInput input, PositionSpan span, RecordPosition position, long bytes,
        long records)
    {
        var parts = new List<SpanPart>();
        using var splitter = new RecordSplitter(input, SplitSigns.Of(input).ShouldNotBeNull(), span, position);
        while (splitter.Take(bytes, records) is { } part) parts.Add(part);
        splitter.EndedEarly.ShouldBeFalse();
        return parts;
    }

    static RecordInput Input(IRecordFormat format, ByteContent content) => new(format, content, format.ReadLayout(content, null));

    static MemoryContent Content(string text) => new(Encoding.UTF8.GetBytes(text));
}
