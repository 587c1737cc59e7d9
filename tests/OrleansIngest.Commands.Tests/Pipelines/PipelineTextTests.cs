using System.Text.Json.Nodes;
using OrleansIngest.Commands.Pipelines;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Tests.Pipelines;

public sealed class PipelineTextTests
{
    [Theory]
    [InlineData("settleTime=2s", """{"settleTime":"2s"}""")]
    [InlineData("csv.delimiter=;", """{"csv":{"delimiter":";"}}""")]
    [InlineData("watch=/data/in", """{"watch":["/data/in"]}""")]
    [InlineData("watch=[\"/a\", \"/b\"]", """{"watch":["/a","/b"]}""")]
    [InlineData("table=123", """{"table":"123"}""")]
    [InlineData("maxAttempts=7", """{"maxAttempts":7}""")]
    [InlineData("recursive=true", """{"recursive":true}""")]
    [InlineData("sentinel=.done", """{"sentinel":".done"}""")]
    [InlineData("columns={\"A=B\": \"c\"}", """{"columns":{"A=B":"c"}}""")]
    [InlineData("metadata.src={path}", """{"metadata":{"src":"{path}"}}""")]
    public void Set_Property_TakesJsonOrTextAsThePropertyNeedsIt(string setting, string expected)
    {
        var pipeline = new JsonObject();

        PipelineText.Set(pipeline, setting);

        pipeline.ToJsonString().ShouldBe(expected);
    }

    [Fact]
    public void Set_Null_IsTheDefaultAgain()
    {
        var pipeline = JsonNode.Parse("""{"settleTime":"2s","lanes":3}""")!.AsObject();

        PipelineText.Set(pipeline, "settleTime=null");

        pipeline.ToJsonString().ShouldBe("""{"lanes":3}""");
    }

    [Theory]
    [InlineData("settleTime")]
    [InlineData("=x")]
    public void Set_NoValue_IsRefused(string setting) =>
        Should.Throw<CliException>(() => PipelineText.Set([], setting)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public void Read_Configuration_HasAllItsPipelinesWithAbsoluteDirectories() =>
        PipelineText.Read(
            """{ "pipelines": [ { "name": "a", "watch": ["in"], "table": "t" }, """
            + """{ "name": "b", "watch": ["/in"], "table": "t" } ] }""",
            "x.json", "/base")
            .Select(p => p.Watch.Single()).ShouldBe(["/base/in", "/in"]);

    [Theory]
    [InlineData("{ \"name\": \"a\", \"watch\": [\"in\"],\n  \"table\": \"a.b.c\" }", "x.json line 2, column 3: table: ")]
    [InlineData("""{ "name": "a", "tabel": "t" }""", "x.json line 1, column 16: tabel: unknown property; did you mean table?")]
    public void Read_Mistake_IsNamedWithItsPlace(string json, string expected) =>
        Should.Throw<CliException>(() => PipelineText.Read(json, "x.json", "/base"))
            .Message.Split('\n').ShouldContain(line => line.StartsWith(expected));
}
