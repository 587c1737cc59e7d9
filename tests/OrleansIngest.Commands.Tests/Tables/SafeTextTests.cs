using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Tests.Tables;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain, with größe and 你好", "plain, with größe and 你好")]
    [InlineData("\u001b[2J\u0007", "\\u001B[2J\\u0007")]
    [InlineData("a\u202Egpj.exe", "a\\u202Egpj.exe")]
    [InlineData("two\nlines\tand\r", "two\\nlines\\tand\\u000D")]
    [InlineData("zero\u200Bwidth\uFEFF", "zero\\u200Bwidth\\uFEFF")]
    [InlineData("", "")]
    public void Of_Text_WritesOutWhatWouldMoveOrHideOtherText(string text, string shown) => SafeText.Of(text).ShouldBe(shown);

    [Fact]
    public void Brief_LongText_SaysThatThereIsMore() => SafeText.Brief("0123456789", 4).ShouldBe("0123…");
}
