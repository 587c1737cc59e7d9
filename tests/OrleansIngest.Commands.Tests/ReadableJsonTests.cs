using System.Text.Json.Nodes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Tests;

public sealed class ReadableJsonTests
{
    [Fact]
    public void Of_Text_KeepsLettersAndQuotesAndEscapesControlCharacters()
    {
        string[] texts = ["it's · naïve + 日本", "a\u001b[31m\"b\"\\"];

        ReadableJson.Of(texts, ViewJson.Default.StringArray).ShouldBe("""["it's · naïve + 日本","a\u001B[31m\"b\"\\"]""");
        ReadableJson.Of(new JsonObject { ["é"] = "<it's>" }).ShouldBe("""{"é":"<it's>"}""");
    }
}
