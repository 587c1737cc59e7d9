using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Json;

public sealed class JsonFormatTests
{
    static readonly JsonFormat Format = new(new JsonOptions());

    static readonly string[] Elements =
    [
        """{"id":1,"name":"a"}""", """{"id":"],{\"","name":"\\"}""", "{\n  \"id\": 2,\n  \"name\": [1,\n {}]\n}", "{}",
        """{"id":tru}""", """{"id":01,"name":"x"}""",
        """{"new":1}""", "5", "null", "[1,[2]]", "\"text\"", """{"name":"\ud800"}""",
        "{\"name\":\"" + new string('y', 9000) + "\"}",
    ];

    static readonly string[] Between = [",", ", ", ",\n", "\r\n,\t"];

    static readonly Gen<string> SomeArray = Gen.Select(
        Gen.Select(Gen.Int[0, Elements.Length - 1], Gen.Int[0, Between.Length - 1]).Array[0, 15], Gen.Int[0, 2],
        (elements, place) =>
        {
            var array = "[ " + """{"id":0,"name":"first"}"""
                + string.Concat(elements.Select(e => Between[e.Item2] + Elements[e.Item1])) + "\n]\n";
            return place == 0 ? array : place == 1 ? "\uFEFF" + array : array.TrimEnd();
        });

    [Fact]
    public void Records_OfAnArray_ReopenedAtAnyBoundary_AreTheSame() => Gen.Select(SomeArray, Gen.Int[1, 5000], Gen.Bool).Sample(
        (text, most, knowsLength) =>
        {
            var format = new JsonFormat(new JsonOptions { MaxRecordBytes = 4096 });
            FormatProbe.HoldToLaw(format, new PieceContent(Encoding.UTF8.GetBytes(text), most, knowsLength));
        },
        iter: FuzzCases.Count(2_000), threads: 1);

    [Fact]
    public void Records_OfSpoiledBytes_AreReadOrRefusedWithAPlace()
    {
        var random = new Random(20261126);
        var sound = Encoding.UTF8.GetBytes(
            "[" + string.Join(",\n",
                Enumerable.Range(0, 6).Select(i => $$"""{"id":{{i}},"name":"n\u00e9 [{{i}}]","more":{"a":[1,2]} }""")) + "]");
        for (var i = 0; i < FuzzCases.Count(20_000); i++)
        {
            byte[] text = [.. sound];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                text[random.Next(text.Length)] = (byte)"\"\\{}[],:0 \0\n\xFF"[random.Next(13)];
            if (random.Next(10) == 0) text = text[..random.Next(text.Length)];
            var content = new PieceContent(text, random.Next(1, 300));
            try
            {
                FormatProbe.HoldToLaw(Format, content);
            }
            catch (Exception failure) when (failure is BrokenContentException or LayoutException)
            {
                failure.Message.ShouldContain("byte ");
            }
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(" [\n] ")]
    public void Records_OfAnEmptyArray_AreNone(string text) => FormatProbe.FieldsOf(Format, text).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"a":1}""", new[] { "1" })]
    [InlineData("{\n\"a\":1\n}\n{\"a\":\n2}", new[] { "1", "2" })]
    [InlineData("""[{"a":1},{"a":2}]""", new[] { "1", "2" })]
    public void Records_OfADocument_AreItsObjects(string text, string[] expected) =>
        FormatProbe.FieldsOf(Format, text).ShouldBe(expected);

    [Theory]
    [InlineData("$.data.items[*]")]
    [InlineData("$.data.items")]
    [InlineData("data['items'][*]")]
    public void Records_UnderAPath_AreTheElementsThere(string path)
    {
        var format = new JsonFormat(new JsonOptions { Path = path });

        FormatProbe.HoldToLaw(format, new PieceContent(Encoding.UTF8.GetBytes("""
            { "meta": {"items": [{"a": 9}], "x": "]}"}, "n": -1.5e3,
              "data": { "count": 2, "items": [ {"a": 1}, {"a": 2} ], "rest": [[]] }, "end": null }
            """), 7)).Select(r => r.Fields).ShouldBe(["1", "2"]);
    }

    [Theory]
    [InlineData("""[{"a":1},{"a":2}""", "line 1, byte 16: expected a comma or the end of the array, found the end of the file")]
    [InlineData("""[{"a":1},{"a":2""", "line 1, byte 9: the record that starts here does not end")]
    [InlineData("""[{"a":1} {"a":2}]""", "byte 9: expected a comma or the end of the array, found '{'")]
    [InlineData("""[{"a":1},]""", "byte 9: expected a record, found ']'")]
    [InlineData("""[{"a":1},{"a" 2}]""", "byte 9: this is not JSON, at byte 5 of the record")]
    [InlineData("""[{"a":1}] x""", "expected the end of the document, found 'x'")]
    [InlineData("[{\"a\":\"x},\n{\"a\":\"y\"}]", "byte 1: the record that starts here does not end")]
    public void Document_BrokenBetweenOrInsideItsRecords_IsRefusedWithThePlace(string text, string expected)
    {
        var content = new PieceContent(Encoding.UTF8.GetBytes(text));
        var layout = JsonLayout.Of(["a"], new JsonOptions(), MemberPath.Root);

        Should.Throw<BrokenContentException>(
            () => FormatProbe.Read(Format, content, DocumentLayout.Of(layout, MemberPath.Root, DocumentShape.Array)))
            .Message.ShouldContain(expected);
    }

    [Fact]
    public void Record_WithAValueThatIsNone_IsRejectedAlone() => FormatProbe
        .Read(Format, new PieceContent("""[{"a":1},{"a":tru},{"a":01},{"a":"\q"},{"a":NaN},7,{"a":2}]"""u8.ToArray()))
        .Select(r => r.Reason ?? r.Fields)
        .ShouldBe(["1", "broken_json", "broken_json", "broken_json", "broken_json", "broken_json", "2"]);

    [Fact]
    public void Path_ThatIsNotThere_IsNamed()
    {
        var format = new JsonFormat(new JsonOptions { Path = "$.data.rows[*]" });

        Should.Throw<LayoutException>(() => FormatProbe.Layout(format, new PieceContent("""{"data":{"row":[]}}"""u8.ToArray())))
            .Message.ShouldContain("the document has no \"rows\" of $.data.rows[*]");
    }

    [Fact]
    public void OpenRaw_OfARecord_GivesItAgain()
    {
        var content = new PieceContent("[{\n\"a\":\"\\n\"},{\"a\":3},{\"a\":x}]"u8.ToArray());
        var layout = FormatProbe.Layout(Format, content);
        foreach (var record in FormatProbe.Read(Format, content, layout))
        {
            var again = new FormatProbe.Taker();
            Format.OpenRaw(Encoding.UTF8.GetBytes(record.Raw), layout, again);
            (again.Records.Single().Kind, again.Records.Single().Fields).ShouldBe((record.Kind, record.Fields));
        }
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2}\n", "ndjson")]
    [InlineData("\n {\"a\":[1,{}]}", "ndjson")]
    [InlineData("[\n{\"a\":1}\n]", "json")]
    [InlineData("[{\"a\":1},{\"a\":2}]", "json")]
    [InlineData("{\n  \"a\": 1\n}", "json")]
    [InlineData("{ \"a\": 1,\n  \"b\": 2 }", "json")]
    [InlineData("a,b\n1,2\n", "csv")]
    [InlineData("{a},b\n1,2\n", "csv")]
    [InlineData("[a],b\n1,2\n", "csv")]
    [InlineData("{\"a\":1},b\n1,2\n", "csv")]
    [InlineData("", "csv")]
    public void Detect_AnyBeginning_IsWhatItIs(string text, string format) =>
        InputFormats.For(new PipelineOptions(), new PieceContent(Encoding.UTF8.GetBytes(text))).Name.ShouldBe(format);
}
