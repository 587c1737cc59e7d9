using System.Text.Json;
using OrleansIngest.Engine.Pipelines.Differences;

namespace OrleansIngest.Engine.Tests.Pipelines.Differences;

public sealed class OptionDifferenceTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "a 1 2")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", "a.c 2 3")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", "a [1,2] [1]")]
    [InlineData("""{"a":[{"b":1},{"b":2}]}""", """{"a":[{"b":1},{"b":3}]}""", "a[1].b 2 3")]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[]}""", """a[0] {"b":1} """)]
    [InlineData("""{"a":null}""", """{}""", "a null ")]
    [InlineData("""{}""", """{"a":"x"}""", "a  \"x\"")]
    public void Between_Values_NamesWhatDiffers(string before, string after, string expected) =>
        string.Join("; ", OptionDifference.Between(Parse(before), Parse(after)).Select(d => $"{d.Path} {d.Before} {d.After}"))
            .ShouldBe(expected);

    static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
