using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OrleansIngest.Engine.Examination;

namespace OrleansIngest.Engine.Tests.Examination;

public sealed class JsonTextEditTests
{
    static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true
    };

    [Theory]
    [InlineData("{}", "{ \"x\": 1 }")]
    [InlineData("{ }", "{ \"x\": 1 }")]
    [InlineData("{\n}", "{\n  \"x\": 1\n}")]
    [InlineData("{\"a\":2}", "{\"a\":2, \"x\": 1}")]
    [InlineData("{ \"a\": 2 }", "{ \"a\": 2, \"x\": 1 }")]
    [InlineData("{ \"a\": 2, }", "{ \"a\": 2, \"x\": 1 }")]
    [InlineData("{ \"a\": 2 /* two, */ }", "{ \"a\": 2, /* two, */ \"x\": 1 }")]
    [InlineData("{\n    \"a\": 2\n}\n", "{\n    \"a\": 2,\n    \"x\": 1\n}\n")]
    [InlineData("{\r\n\t\"a\": [ 2 ],\r\n}", "{\r\n\t\"a\": [ 2 ],\r\n\t\"x\": 1,\r\n}")]
    [InlineData("{\n  \"a\": 2 // two, not three\n}", "{\n  \"a\": 2, // two, not three\n  \"x\": 1\n}")]
    [InlineData("{\n  // nothing, yet\n}", "{\n  // nothing, yet\n  \"x\": 1\n}")]
    [InlineData("{ \"a\": 2,\n  \"b\": 3\n}", "{ \"a\": 2,\n  \"b\": 3,\n  \"x\": 1\n}")]
    [InlineData("{ \"a\": 2\n}", "{ \"a\": 2,\n  \"x\": 1\n}")]
    [InlineData("{ \"x\": { \"y\": [2, 3] }, // c\n \"z\": 2 }", "{ \"x\": 1, // c\n \"z\": 2 }")]
    [InlineData("{ \"x\" : null}", "{ \"x\" : 1}")]
    [InlineData("{ \"\\u0078\": 7 }", "{ \"\\u0078\": 1 }")]
    public void Set_Property_KeepsWhatIsWrittenAroundIt(string json, string expected) =>
        JsonTextEdit.Set(json, ["x"], "1").ShouldBe(expected);

    [Theory]
    [InlineData("""{ "p": [ { "name": "a" }, { "name": "b" } ] }""",
        """{ "p": [ { "name": "a" }, { "name": "b", "csv": { "delimiter": ";" } } ] }""")]
    [InlineData("""{ "p": [ {}, { "csv": null } ] }""", """{ "p": [ {}, { "csv": { "delimiter": ";" } } ] }""")]
    [InlineData("""{ "p": [ [], { "csv": { "delimiter": "é", "quote": "'" } } ] }""",
        """{ "p": [ [], { "csv": { "delimiter": ";", "quote": "'" } } ] }""")]
    public void Set_Path_AddsTheObjectsThatAreMissing(string json, string expected) =>
        JsonTextEdit.Set(json, ["p", "[1]", "csv", "delimiter"], "\";\"").ShouldBe(expected);

    [Fact]
    public void Set_ElementThatDoesNotExist_IsNull() =>
        JsonTextEdit.Set("""{ "p": [ 1 ] }""", ["p", "[1]", "x"], "1").ShouldBeNull();

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    /// <summary>Law: whatever blanks, line breaks, comments and trailing commas are written, the text means the same
    /// afterwards, except for the value.</summary>
    [Fact]
    public void Set_AnyObject_ChangesThatValueAlone()
    {
        var blank = OneOf("", " ", "\n", "\r\n  ", "\n\t", " // a, }\n", "/* {,\" */", " /* x */\n  ");
        var name = OneOf("a", "b", "x", "a b", "ü");
        var scalar = OneOf("1", "null", "\"}, //\"", "[]", "[ 1, { \"x\": 2 } ]");
        var texts = Gen.Select(blank.Array[40], Gen.Select(name, scalar, Gen.Bool).Array[0, 4], Gen.Bool, name.Array[1, 3]);
        texts.Sample((blanks, members, hasTrailing, path) =>
        {
            var (at, used) = (0, new HashSet<string>());
            var text = new StringBuilder();
            Object(0);
            var json = text.ToString();

            var changed = JsonTextEdit.Set(json, path, "[7]").ShouldNotBeNull();

            var wanted = JsonNode.Parse(json, documentOptions: Lenient)!.AsObject();
            var inner = wanted;
            foreach (var step in path[..^1])
            {
                if (inner[step] is not JsonObject next) inner[step] = next = [];
                inner = next;
            }

            inner[path[^1]] = new JsonArray(7);
            JsonNode.DeepEquals(JsonNode.Parse(changed, documentOptions: Lenient), wanted).ShouldBeTrue($"{json} → {changed}");

            void Object(int depth)
            {
                text.Append('{').Append(Blank());
                var own = members.DistinctBy(m => m.Item1).ToArray();
                for (var i = 0; i < own.Length; i++)
                {
                    text.Append('"').Append(own[i].Item1).Append("\" :").Append(Blank());
                    if (own[i].Item3 && depth < 2) Object(depth + 1);
                    else text.Append(own[i].Item2);
                    text.Append(Blank());
                    if (i < own.Length - 1 || hasTrailing) text.Append(',').Append(Blank());
                }

                text.Append('}');
            }

            string Blank() => blanks[at++ % blanks.Length];
        }, iter: 2000);
    }
}
