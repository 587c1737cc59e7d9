using System.Text;
using CsCheck;
using CsvHelper;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Tests.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class RecordScanTests : IDisposable
{
    static readonly string[] Pieces =
        ["a", "b c", ",", ",", "\"", "\"", "\"\"", "\n", "\r\n", "\r", "5\" x", ",\"q\",", "\"\n", "é"];

    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The law: the scan sees the records, fields and faults that the parser sees.</summary>
    [Fact]
    public void Record_AnyText_IsWhatTheParserReads() => Gen.Int[0, Pieces.Length - 1].Array[0, 24].Sample(
        pieces =>
        {
            var text = string.Concat(pieces.Select(i => Pieces[i]));
            Scanned(Encoding.UTF8.GetBytes(text)).ShouldBe(Parsed(Encoding.UTF8.GetBytes(text)), text);
        },
        iter: 20_000, threads: 1);

    [Fact]
    public void Record_StoppedAtALimit_SaysWhatIsOpenThere()
    {
        var (bytes, scan) = Open("1,\"two\nlines\",x"u8.ToArray());

        var record = scan.Record(0, bytes.LineEnd(0, long.MaxValue));

        (record.Ended, record.InQuotes, record.End, record.Opening).ShouldBe((false, true, 6, (2, 2)));
    }

    [Fact]
    public void Rest_QuotesWithTextBehindThem_CloseNothing()
    {
        var (_, scan) = Open("x,\"a \"b\" c\nd\",z\nnext"u8.ToArray());

        var record = scan.Rest(1, 1, long.MaxValue);

        (record.Ended, record.End, record.Fields).ShouldBe((true, 15, 3));
    }

    [Fact]
    public void NextQuotes_AskedOncePerPlace_FindsTheSameEachTime()
    {
        var (_, scan) = Open(Encoding.ASCII.GetBytes(new string('x', 100_000) + "\"\"y\"" + new string('x', 100_000)));
        for (var i = 0; i < 2; i++)
        {
            (scan.NextQuotes(5, long.MaxValue, out var after), after).ShouldBe((100_000, 100_002));
            (scan.NextQuotes(after, long.MaxValue, out after), after).ShouldBe((100_003, 100_004));
            (scan.NextQuotes(after, long.MaxValue, out after), after).ShouldBe((200_004, 200_004));
            (scan.NextQuotes(50, 70_000, out after), after).ShouldBe((70_000, 70_000));
        }
    }

    List<string> Scanned(byte[] text)
    {
        var (bytes, scan) = Open(text);
        var records = new List<string>();
        for (long at = 0; at < text.Length;)
        {
            var record = scan.Record(at, long.MaxValue);
            records.Add($"{at} {record.End} {record.Fields} {record.LastFault >= 0}");
            at = bytes.AfterBreak(record.End);
        }

        return records;
    }

    static List<string> Parsed(byte[] text)
    {
        var isBroken = false;
        var options = new CsvReaderOptions
        {
            Separator = ',',
            Quote = '"',
            HasHeader = false,
            SkipEmptyLines = false,
            DetectSeparatorHint = false,
            OnMalformedRecord = _ => isBroken = true,
        };
        using var reader = CsvReader.Create(new MemoryStream(text), options);
        var records = new List<string>();
        while (reader.Read())
        {
            var end = reader.ByteOffset + reader.RawRecord.Length;
            records.Add($"{reader.ByteOffset} {end} {Math.Max(1, reader.FieldCount)} {isBroken}");
            isBroken = false;
        }

        return records;
    }

    (ContentBytes Bytes, RecordScan Scan) Open(byte[] text)
    {
        var bytes = new ContentBytes(new MemoryContent(text));
        return (bytes, new RecordScan(bytes, new DialectBytes(new CsvDialect())));
    }
}
