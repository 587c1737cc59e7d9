using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

/// <summary>Where records end in text that still grows.</summary>
public sealed class RecordEndsTests
{
    static long LastOf(string text, CsvDialect? dialect = null, int longest = 1 << 20) =>
        new RecordEnds(new DialectBytes(dialect ?? new CsvDialect()), longest, 0,
            1).Find(new MemoryContent(Encoding.UTF8.GetBytes(text)), Encoding.UTF8.GetByteCount(text));

    [Theory]
    [InlineData("a,b\n1,2", 4)]
    [InlineData("a,b\r\n1,2\r", 5)]
    [InlineData("a,\"b\nc\"\n1", 8)]
    [InlineData("a,\"b\nc\"\n1,\"", 8)]
    [InlineData("a,5\" pipe\n1", 10)]
    [InlineData("a,\"x\"\"\ny\"\n", 10)]
    [InlineData("a,\"x\" y,z\nb,\"c\"\n1", 16)] // the quote stands for itself, until one closes the field
    [InlineData("a,\"x\n", 0)]
    [InlineData("\"a\"\r\"b\n", 0)] // a return ends a record too
    public void Find_Text_EndsBehindTheLastCompleteRecord(string text, long expected) => LastOf(text).ShouldBe(expected);

    [Theory]
    [InlineData("#\"\n1,2\n3", 7)]
    [InlineData("1, \"a\nb\" ,c\n", 12)]
    [InlineData("1;;\"a\nb\"\n", 9)]
    [InlineData("1,\"a\\\"\nb\"\n", 10)]
    public void Find_OtherDialects_AreUnderstood(string text, long expected)
    {
        var dialect = new CsvDialect { Comment = "#", Trim = true, Escape = '\\' };
        if (text.Contains(";;", StringComparison.Ordinal)) dialect = dialect with { Delimiter = ";;" };
        LastOf(text, dialect).ShouldBe(expected);
    }

    [Fact]
    public void Find_EscapedLineBreakWithoutQuotes_EndsNothing() =>
        LastOf("1,a\\\nb\n2,c\\\\\n3", new CsvDialect { Quote = Engine.Pipelines.CsvOptions.NoQuote, Escape = '\\' })
            .ShouldBe(13);

    [Fact]
    public void Find_QuoteThatNothingCloses_HoldsNoMoreBackThanARecord() =>
        LastOf("1,\"a\n" + string.Concat(Enumerable.Repeat("2,b\n", 100)) + "3", longest: 50).ShouldBe(405);

    /// <summary>However the text comes, in whatever pieces, the ends are those of all of it.</summary>
    [Fact]
    public void Find_TextInPieces_FindsWhatItFindsInAllOfIt()
    {
        string[] kinds = ["1", ",", "\"", "\n", "\r\n", "\"\"", "a\"b", "\"x\ny\"", "#"];
        var piece = Gen.Int[0, kinds.Length - 1].Select(i => kinds[i]);
        Gen.Select(piece.Array[0, 60], Gen.Int[1, 7].Array[1, 20]).Sample((pieces, steps) =>
        {
            var text = string.Concat(pieces);
            var content = new MemoryContent(Encoding.UTF8.GetBytes(text));
            var all = new RecordEnds(new DialectBytes(new CsvDialect()), 40, 0, 1);
            all.Find(content, text.Length);
            var some = new RecordEnds(new DialectBytes(new CsvDialect()), 40, 0, 1);
            var (size, step) = (0, 0);
            while (size < text.Length)
            {
                size = Math.Min(text.Length, size + steps[step++ % steps.Length]);
                some.Find(content, size);
                some.Last.ShouldBeLessThanOrEqualTo(size);
            }

            (some.Last, some.LastLine, some.Count).ShouldBe((all.Last, all.LastLine, all.Count));
        });
    }
}
