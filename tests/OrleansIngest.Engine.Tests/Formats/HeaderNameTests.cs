using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Tests.Formats;

public sealed class HeaderNameTests
{
    [Theory]
    [InlineData(" Order\u00A0ID ", "ORDER ID", "Order\\u00A0ID")]
    [InlineData("\uFEFF\"id\"", "ID", "\\uFEFF\"id\"")]
    [InlineData("Order\r\n  ID", "ORDER ID", "Order\\u000D\\u000A  ID")]
    [InlineData("a\u200Bb\u00AD\u202E", "AB", "a\\u200Bb\\u00AD\\u202E")]
    [InlineData("\u200B", "", "\\u200B")]
    [InlineData("größe", "GRÖßE", "größe")]
    [InlineData("\U000E0041x\U00020000", "X\U00020000", "\\uE0041x\U00020000")]
    public void Key_AndShown_OfAName_HideAndShowWhatNobodySees(string name, string key, string shown)
    {
        HeaderName.Key(name).ShouldBe(key);
        HeaderName.Shown(name).ShouldBe(shown);
    }
}
