using System.Text;
using System.Text.Json;
using CsCheck;
using OrleansIngest.Commands.Configuration;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class JsonSyntaxTests
{
    static readonly string[] Parts =
    [
        "{", "}", "[", "]", ":", ",", "\"a\"", "\"", "\\", "1", "-", "tru", "true", "'", " ", "\n", "\t", "//", "/*", "*/",
        "é", "u12",
    ];

    [Theory]
    [InlineData(" // nothing", 1, 1, "the file is empty; the shortest configuration is {}")]
    [InlineData("{ \"a\": [1, 2", 1, 13, "the file ends before the [ of line 1, column 8 is closed; ]} is missing")]
    [InlineData("{ \"a\": 1", 1, 9, "the file ends before the { of line 1, column 1 is closed; } is missing")]
    [InlineData("{} /* end", 1, 10, "the file ends inside a comment; */ is missing")]
    [InlineData("{ \"a\":\n", 2, 1, "the file ends where a value is expected")]
    [InlineData("{ \"a\": 1\n  \"b\": 2 }", 2, 3, "expected a comma or }, not \"b\"")]
    [InlineData("[1 2]", 1, 4, "expected a comma or ], not 2")]
    [InlineData("{ \"a\" 1 }", 1, 7, "expected a colon after \"a\", not 1")]
    [InlineData("{ \"a\": 1, \"b\"", 1, 14, "expected a colon after \"b\", not the end of the file")]
    [InlineData("{ pipelines: [] }", 1, 3, "expected a property's name in double quotes, not pipelines")]
    [InlineData("{ 'a': 1 }", 1, 3, "a name or text needs double quotes: \" instead of '")]
    [InlineData("{ \"a\": True }", 1, 8, "expected a value, not True; a text needs double quotes")]
    [InlineData("{ \"a\": }", 1, 8, "expected a value, not }")]
    [InlineData("{ \"a\": 01 }", 1, 8, "01 is not a number")]
    [InlineData("{ \"a\": [1, 2 }", 1, 14, "} does not match the [ of line 1, column 8")]
    [InlineData("{} /* end */ }", 1, 14, "nothing may follow the configuration, but } does")]
    [InlineData("pipelines: []", 1, 1, "must begin with {, not pipelines")]
    [InlineData("{ \"é\": \"C:\\data\" }", 1, 11, "\\d is not an escape: write \\\\ for a backslash")]
    [InlineData("{\n  \"a\": \"in,\n  \"b\": 1 }", 2, 8, "this text has no closing quote on its line")]
    [InlineData("{ \"a\": \"b\tc\" }", 1, 10, "a text must not contain a tab: write \\t")]
    public void Find_Error_SaysWhatIsThereAndWhatToWrite(string json, int line, int column, string expected)
    {
        var mistake = JsonSyntax.Find(json).ShouldNotBeNull();

        mistake.Text.ShouldBe(expected);
        mistake.Place.ShouldBe((line, column));
    }

    [Fact]
    public void Find_TooDeep_SaysHowDeepItMayBe() =>
        JsonSyntax.Find(new string('[', 65)).ShouldNotBeNull().Text.ShouldBe("must not be nested more than 64 levels deep");

    /// <summary>The explanation is made without the reader's, so it must never fail.</summary>
    [Fact]
    public void Find_AnyText_IsNullExactlyForJson() =>
        Gen.OneOf(Parts.Select(Gen.Const).ToArray())
            .Array[0, 12].Sample(parts =>
            {
                var json = string.Concat(parts);
                (JsonSyntax.Find(json) is null).ShouldBe(IsJson(json), json);
            }, iter: 20_000);

    static bool IsJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
