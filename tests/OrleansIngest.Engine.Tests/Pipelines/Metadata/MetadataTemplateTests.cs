using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Engine.Tests.Pipelines.Metadata;

public sealed class MetadataTemplateTests
{
    static readonly FileFacts Facts = new(
        "/in/shop-7/orders-2025-01-31.csv", 17, 2, new DateTimeOffset(2025, 2, 1, 1, 30, 0, TimeSpan.FromHours(1)));

    [Theory]
    [InlineData("{path}", "/in/shop-7/orders-2025-01-31.csv")]
    [InlineData("{name}", "orders-2025-01-31.csv")]
    [InlineData("{folder}", "shop-7")]
    [InlineData("{fileId}/{version}", "17/2")]
    [InlineData("{FILEID}", "17")]
    [InlineData("{now}", "2025-02-01T00:30:00.000000Z")]
    [InlineData("{name:orders-(\\d{4}-\\d\\d-\\d\\d)}", "2025-01-31")]
    [InlineData("{name:\\d{4}}", "2025")]
    [InlineData("{folder:shop-(?<shop>\\d)} of {shop}", "7 of 7")]
    [InlineData("{{literal}} {{{version}}}", "{literal} {2}")]
    [InlineData("plain", "plain")]
    [InlineData("{name:nothing like it}", null)]
    public void Fill_VariablesOfTheFile_GiveTheirText(string template, string? expected) => Fill(template).ShouldBe(expected);

    [Fact]
    public void Fill_GroupOfAnotherTemplate_IsKnown()
    {
        var templates = new[] { MetadataTemplate.Parse("{name:(?<year>\\d{4})-(?<month>\\d\\d)}"),
            MetadataTemplate.Parse("{month}/{year}") };

        MetadataTexts.Fill(templates, Facts)[1]!.Select(part => part.Text).ShouldBe(["01", "/", "2025"]);
    }

    [Fact]
    public void Fill_VariablesOfTheRecord_StayAsTheyAre()
    {
        var parts = MetadataTexts.Fill([MetadataTemplate.Parse("{name}:{line}")], Facts)[0]!;

        parts.Select(part => (part.Variable, part.Text)).ShouldBe(
            [(MetadataVariable.Literal, "orders-2025-01-31.csv"), (MetadataVariable.Literal, ":"), (MetadataVariable.Line, "")]);
    }

    [Theory]
    [InlineData("{path", "an unmatched { at character 1")]
    [InlineData("a}", "an unmatched } at character 2")]
    [InlineData("{no such}", "is not a variable")]
    [InlineData("{}", "is not a variable")]
    [InlineData("{line:\\d}", "only path, name and folder can have one")]
    [InlineData("{name:(}", "invalid regular expression")]
    public void Parse_Fault_IsNamed(string template, string expected) =>
        Should.Throw<FormatException>(() => MetadataTemplate.Parse(template)).Message.ShouldContain(expected);

    [Fact]
    public void Validate_UnknownGroup_IsAProblemOfItsColumn()
    {
        var options = new PipelineOptions
        {
            Name = "a",
            Table = "a",
            Watch = ["."],
            Metadata = new Dictionary<string, string> { ["day"] = "{dya}" }
        };

        options.Validate("pipelines[0]").ShouldHaveSingleItem().Path.ShouldBe("pipelines[0].metadata.day");
    }

    static string? Fill(string template) =>
        MetadataTexts.Fill([MetadataTemplate.Parse(template)], Facts)[0] is { } parts
            ? string.Concat(parts.Select(part => part.Text)) : null;
}
