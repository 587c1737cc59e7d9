using CsCheck;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Tests.Diagnostics;

public sealed class ShortTextTests
{
    [Theory]
    [InlineData("", 1, "")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab\U0001F600", 3, "ab")]
    [InlineData("ab\U0001F600", 4, "ab\U0001F600")]
    [InlineData("a\U0001F600b", 3, "a\U0001F600")]
    public void Of_Text_IsItsStartWithoutHalfAPair(string text, int most, string expected) =>
        ShortText.Of(text, most).ShouldBe(expected);

    [Fact]
    public void Of_AnyText_IsAStartOfWholeCharactersAndAtMostOneShorter() =>
        Gen.Select(Gen.Int[0, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Array[0, 20],
            Gen.Int[1, 30]).Sample((runes, most) =>
        {
            var text = string.Concat(runes.Select(char.ConvertFromUtf32));
            var cut = ShortText.Of(text, most);
            text.ShouldStartWith(cut, Case.Sensitive);
            cut.Length.ShouldBeInRange(Math.Min(text.Length, most - 1), most);
            (cut.Length == 0 || !char.IsHighSurrogate(cut[^1])).ShouldBeTrue();
        });
}
