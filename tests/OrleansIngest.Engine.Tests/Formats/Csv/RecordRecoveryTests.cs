using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class RecordRecoveryTests
{
    const string Good = "91,a,b\n92,\"c\",d\n93,e,f\n94,g,h\n";

    /// <summary>What a broken quote takes with it: the lines of the rejects, one text for each, after which everything is
    /// read.</summary>
    [Theory]
    // A stray quote in an unquoted field.
    [InlineData("1,5\" pipe,x\n", "1")]
    // Text behind a closing quote.
    [InlineData("1,\"fo\"ur,x\n", "1")]
    [InlineData("1,\"fo\"ur\",x\n", "1")]
    // A quote that is never closed: the next lines are good.
    [InlineData("1,\"open,x\n2,b,c\n", "1")]
    // Also where the quote of the next line would close it.
    [InlineData("1,\"open,x\n2,\"b\",c\n", "1")]
    // Two neighbours.
    [InlineData("1,\"open,x\n2,\"open,y\n3,\"b\",c\n", "1 2")]
    // The next record has lines in a cell.
    [InlineData("1,\"open,x\n2,\"b\nb\",c\n", "1")]
    [InlineData("1,\"open,x\n2,\"b\nb\",\"c\nc\"\n", "1")]
    // Another fault near it.
    [InlineData("1,\"open,x\n2,b\n3,c,d\n4,\"e\",f\n", "1")]
    // A stray quote inside a cell with lines.
    [InlineData("1,\"a\nb 5\" c\nd\",z\n", "1-3")]
    [InlineData("1,\"a \"b\" c\nd\",z\n", "1-2")]
    // One that looks like a closing quote.
    [InlineData("1,\"he said \"no\", and, then\nleft\",z\n", "1-2")]
    // The lines of the cell look like rows.
    [InlineData("1,\"the list:\n7,in,side\n8,in,side 5\" x\n9,in,side\nregards\",z\n", "1-5")]
    [InlineData("1,\"the list:\n7,in,side 5\" x\n8,\"in\",side\n9,in,side\nregards\",z\n", "1-5")]
    // Two broken cells in one record.
    [InlineData("1,\"a 5\" b\nc\",\"d 6\" e\nf\"\n", "1-3")]
    // A stray quote, then a sound cell with lines.
    [InlineData("1,5\" x,\"a\nb\"\n", "1-2")]
    // Nothing closes it, and its lines are no rows.
    [InlineData("1,\"dear all\nthis is a\nletter without end\nregards\n", "1-4")]
    public void Read_BrokenQuote_TakesTheLinesThatBelongToIt(string spoiled, string expected)
    {
        foreach (var before in new[] { "", Good })
        {
            using var text = new CsvText(before + spoiled + Good + Good + Good);
            var records = text.Read();
            var first = before.Length == 0 ? 0 : 4;
            var broken = records.Where(r => r.Kind == RecordKind.Broken);
            string.Join(' ', broken.Select(r => Lines(r, first))).ShouldBe(expected);
            records.Count(r => r.Raw.StartsWith('9')).ShouldBe(before.Length == 0 ? 12 : 16);
        }
    }

    [Fact]
    public void Read_OpenQuoteAtTheTopOfAManyLinesFile_TakesNoMoreThanMaxRecordBytes()
    {
        var lines = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n"));
        using var text = new CsvText("1,\"open\n" + lines) { MaxRecordBytes = 1 << 16 };
        var broken = text.Read()[0];
        (broken.Kind, broken.Length).ShouldBe((RecordKind.Broken, Math.Min(broken.Length, 1 << 16)));
        broken.Length.ShouldBeGreaterThan((1 << 16) - 20);
    }

    /// <summary>A file with an open quote on each line: each search stops, and finds what it needs near by.</summary>
    [Fact]
    public void Read_OpenQuoteOnEachLine_RejectsEachLine()
    {
        using var text = new CsvText(string.Concat(Enumerable.Range(0, 20_000).Select(i =>
            $"{i},\"open {i},x\n{i},good,\"x\"\n")));
        var records = text.Read();
        records.Count(r => r.Kind == RecordKind.Broken).ShouldBe(20_000);
        records.Count(r => r.Kind == RecordKind.Data && r.Fields == 3).ShouldBe(20_000);
    }

    /// <summary>A producer that never doubles its quotes: most records are broken, each on its own line, and the others are
    /// rows.</summary>
    [Fact]
    public void Read_MostRecordsBrokenByThemselves_RejectsTheseAlone()
    {
        using var text = new CsvText(string.Concat(Enumerable.Range(0, 3_000).Select(i =>
            i % 3 == 0 ? $"{i},\"plain\",x\n" : $"{i},\"{i}\" pipe\",x\n")));
        var records = text.Read();
        records.Count(r => r.Kind == RecordKind.Broken && r.Line == r.LastLine).ShouldBe(2_000);
        records.Count(r => r.Kind == RecordKind.Data && r.Fields == 3).ShouldBe(1_000);
    }

    /// <summary>Rows of a known kind, some spoiled in a known way: what is read as a row was one, and what is far from any fault
    /// is read.</summary>
    [Fact]
    public void Read_SpoiledRecordsAmongGoodOnes_MakesNoFalseRowAndLosesNoneFarFromThem() => Gen.Int.Sample(
        seed =>
        {
            var (text, rows, safe) = SpoiledText.Write(seed);
            using var file = new CsvText(text) { Fields = SpoiledText.Fields, MaxRecordBytes = 2000 };
            var data = file.Read().Where(r => r.Kind == RecordKind.Data && r.Fields == SpoiledText.Fields);
            var read = data.Select(r => r.Raw).ToHashSet();
            read.Where(r => !rows.Contains(r)).ShouldBeEmpty($"false rows, seed {seed}");
            safe.Where(r => !read.Contains(r)).ShouldBeEmpty($"lost rows, seed {seed}");
        },
        iter: 2_000, threads: 1);

    /// <summary>The same by the lenient rules: besides rows only the records with a quote in the middle are read, as they are
    /// written; no line inside a cell becomes a row, and nothing is lost that the strict rules keep.</summary>
    [Fact]
    public void Read_SpoiledRecordsByLenientRules_ReadsStrayQuotesAndMakesNoFalseRow() => Gen.Int.Sample(
        seed =>
        {
            var (text, rows, safe) = SpoiledText.Write(seed);
            using var file = new CsvText(text)
            {
                Fields = SpoiledText.Fields,
                MaxRecordBytes = 2000,
                Quotes = QuoteReading.Lenient
            };
            var data = file.Read().Where(r => r.Kind == RecordKind.Data && r.Fields == SpoiledText.Fields);
            var read = data.Select(r => r.Raw).ToHashSet();
            read.Where(r => !rows.Contains(r) && !r.Contains(",stray 5\" ", StringComparison.Ordinal))
                .ShouldBeEmpty($"false rows, seed {seed}");
            safe.Where(r => !read.Contains(r)).ShouldBeEmpty($"lost rows, seed {seed}");
        },
        iter: 2_000, threads: 1);

    static string Lines(ReadRecord record, int before) =>
        record.LastLine == record.Line ? $"{record.Line - before}" : $"{record.Line - before}-{record.LastLine - before}";
}
