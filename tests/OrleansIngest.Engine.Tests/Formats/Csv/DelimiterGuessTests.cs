using System.Text;
using OrleansIngest.Engine.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class DelimiterGuessTests
{
    [Theory]
    [InlineData("a,b,c\n1,2,3\n", ',')]
    [InlineData("id;name;price\n1;a;2,5\n2;b;3,5\n", ';')]
    [InlineData("id\tname\n1\tx;y\n", '\t')]
    [InlineData("id|name\n1|x,y\n", '|')]
    [InlineData("name, first;x\nAnn;1\n", ';')] // the comma is in the header once, and nowhere else
    [InlineData("\"a;b;c;d\",e\n\"1\",2\n", ',')] // delimiters in quotes are none
    [InlineData("\"x\"\"; y\";b\n1;2\n", ';')]
    [InlineData("id;\"a, b\"\n1;2,5\n", ';')]
    [InlineData("a,b\n1,\"line\n;;;\nline\"\n2,y\n", ',')]
    [InlineData("\uFEFFa;b\r\n1;2\r\n\r\n3;4", ';')]
    [InlineData("a;b,c\n1;2,3\n", ',')] // both would do: the usual one
    [InlineData("a;b;c,d\n1\n", ';')] // none is regular: the one that the header has most of
    [InlineData("only\n1\n", ',')]
    [InlineData("", ',')]
    public void Of_Text_FindsWhatSplitsHeaderAndRecordsAlike(string text, char expected) =>
        DelimiterGuess.Of(Encoding.UTF8.GetBytes(text), isWhole: true, '"').ShouldBe(expected);

    [Fact]
    public void Of_SampleThatEndsInARecord_LeavesThatRecordOut() =>
        DelimiterGuess.Of("a;b;c\n1;2;3\n4;"u8, isWhole: false, '"').ShouldBe(';');

    [Theory]
    [InlineData(new[] { "id;name" }, "looks like ';'")]
    [InlineData(new[] { "id\tname" }, "looks like a tab: --delimiter tab,")]
    [InlineData(new[] { "id;name, first", " x;y" }, "looks like ';'")]
    [InlineData(new[] { "a", "b" }, null)]
    [InlineData(new[] { "what|ever", "b" }, null)] // splits no better
    [InlineData(new[] { "separator" }, null)]
    public void For_HeaderThatDoesNotFit_SaysWhatItLooksLike(string[] header, string? expected)
    {
        var hint = DelimiterHint.For(header);

        if (expected is null) hint.ShouldBeEmpty();
        else hint.ShouldContain(expected);
    }
}
