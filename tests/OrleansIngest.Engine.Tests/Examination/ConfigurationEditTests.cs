using OrleansIngest.Engine.Examination;

namespace OrleansIngest.Engine.Tests.Examination;

public sealed class ConfigurationEditTests
{
    const string Text =
        """
        {
          // loaders of the shop
          "alerts": { "deadNode": false },
          "pipelines": [
            { "name": "a", "watch": ["in/a"], "table": "a" },
            {
              "name": "b", // the second
              "watch": ["in/b"],
              "table": "b",
            },
          ],
        }

        """;

    static readonly OptionSetting Semicolon = new("csv.delimiter", "\";\"");

    [Fact]
    public void Apply_OptionsOfAPipeline_AreWrittenIntoItAlone() =>
        ConfigurationEdit.Apply(Text, "b", [Semicolon, new("encoding", "\"utf-16le\""), new("csv.skipLines", "2")]).ShouldBe(
            Text.Replace("\"table\": \"b\",", """
                "table": "b",
                      "csv": { "delimiter": ";", "skipLines": 2 },
                      "encoding": "utf-16le",
                """, StringComparison.Ordinal));

    [Theory]
    [InlineData(Text, "c")]
    [InlineData("{ \"pipelines\": [ { \"name\": \"a\" ", "a")]
    [InlineData("[]", "a")]
    [InlineData("{ \"pipelines\": {} }", "a")]
    [InlineData("{ \"pipelines\": [ { \"name\": \"a\", \"watch\": [\"x\"], \"table\": \"t\", \"colour\": 1 } ] }", "a")]
    public void Apply_NoSuchPipelineOrInvalidText_IsNull(string text, string pipeline) =>
        ConfigurationEdit.Apply(text, pipeline, [Semicolon]).ShouldBeNull();

    /// <summary>Two names of one option: a text that would not mean what was asked for is not returned.</summary>
    [Fact]
    public void Apply_ValueThatIsInvalidOrWithoutEffect_IsNull()
    {
        ConfigurationEdit.Apply(Text, "a", [new OptionSetting("csv.skipLines", "-1")]).ShouldBeNull();
        ConfigurationEdit.Apply(Text, "a", [new OptionSetting("csv.lines", "1")]).ShouldBeNull();
    }
}
