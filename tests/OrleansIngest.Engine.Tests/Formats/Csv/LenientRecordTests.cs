using System.Text;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class LenientRecordTests
{
    [Theory]
    [InlineData("1,5\" pipe,x", "1|5\" pipe|x")]
    [InlineData("37°36'37.8\"N,b,c", "37°36'37.8\"N|b|c")]
    [InlineData("1,\"5\" pipe\",x", "1|5\" pipe|x")]
    [InlineData("1,\"fo\"ur\",x", "1|fo\"ur|x")]
    [InlineData("1,\"he said \"no\", and, then\",z", "1|he said \"no\", and, then|z")]
    [InlineData("1,\"5\"\",x", "1|5\"|x")]
    [InlineData("1,\"a \"\"b\"\" 5\" c\",x", "1|a \"b\" 5\" c|x")]
    [InlineData("1,\"C:\\dir\\\",x", "1|C:\\dir\\|x")]
    [InlineData("\"a\" b\",\"c\",\"d\"", "a\" b|c|d")]
    [InlineData("1,\"a \"b\",c\" d\",e\" f", "1|a \"b\",c\" d|e\" f")]
    public void TryRead_OneReadingHasTheFields_IsTheRecord(string line, string expected) => Read(line, 3).ShouldBe(expected);

    /// <summary>A quote at the start of a field that cannot open it, because of text behind the quote that would close it, or
    /// because nothing follows.</summary>
    [Theory]
    [InlineData("\"1,2,\"a, b\"", "\"1|2|a, b")]
    [InlineData("1,\"2,\"a \"\"b\"\"\"", "1|\"2|a \"b\"")]
    [InlineData("1,\"a\",\"", "1|a|\"")]
    public void TryRead_QuoteThatCannotOpen_StandsForItself(string line, string expected) => Read(line, 3).ShouldBe(expected);

    [Theory]
    [InlineData("1,\"fo\"ur,x")]              // never closed before a delimiter
    [InlineData("1,\"open,x")]
    [InlineData("1,\"open,\"\"x\"\"")]          // only doubled quotes in it
    [InlineData("1,\"torn\" oops,x")]          // the text is not sound without the quote
    [InlineData("\"1,\"a \"b,c")]              // two
    [InlineData("1,5\" pipe")]                 // too few fields
    [InlineData("1,5\" pipe,x,y")]
    [InlineData("\"a\",\"b\" x\",\"c\",\"d\"")]  // four fields, or three in several ways: any would be a guess
    public void TryRead_NoReadingOrSeveral_IsNone(string line) => Read(line, 3).ShouldBeNull();

    [Fact]
    public void TryRead_EscapeBeforeAQuoteThatCloses_StandsForItself() =>
        Read("1,\"C:\\dir\\\",x", 3, new CsvDialect { Escape = '\\' }).ShouldBe("1|C:\\dir\\|x");

    [Fact]
    public void TryRead_Trimming_PassesBlanksAroundQuotes() =>
        Read("1, \"5\" pipe\" , x ", 3, new CsvDialect { Trim = true }).ShouldBe("1|5\" pipe|x");

    /// <summary>A line of thousands of quotes that could close a field is given up, and does not take for ever.</summary>
    [Fact]
    public void TryRead_ThousandsOfQuotes_GivesUp() =>
        Read(string.Concat(Enumerable.Repeat("\"a\"b\",", 20_000)), 10_000).ShouldBeNull();

    [Theory]
    [InlineData("id,5\" pipe,x", "id|5\" pipe|x")]
    [InlineData("id,\"5\" pipe\"", "id|5\" pipe")]
    [InlineData("id,\"open", null)]
    public void TryReadHeader_BrokenLine_TakesTheFirstQuoteThatCloses(string line, string? expected)
    {
        var record = new LenientRecord(new DialectBytes(new CsvDialect()));
        var isRead = record.TryReadHeader(Encoding.UTF8.GetBytes(line));
        (isRead ? Text(record) : null).ShouldBe(expected);
    }

    static string? Read(string line, int fields, CsvDialect? dialect = null)
    {
        var record = new LenientRecord(new DialectBytes(dialect ?? new CsvDialect()));
        return record.TryRead(Encoding.UTF8.GetBytes(line), fields) ? Text(record) : null;
    }

    static string Text(LenientRecord record) => string.Join('|',
        Enumerable.Range(0, record.Count).Select(i => Encoding.UTF8.GetString(record.Field(i))));
}
