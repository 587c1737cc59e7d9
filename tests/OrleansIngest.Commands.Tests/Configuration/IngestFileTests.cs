using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class IngestFileTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Load_NoFile_IsTheBuiltInPipelineBelowTheWorkingDirectory()
    {
        var options = IngestFile.Load(null, _temp.Path);

        options.Pipelines.ShouldHaveSingleItem().Name.ShouldBe("events");
        options.Pipelines[0].Watch.ShouldBe([_temp["data/events"]]);
    }

    [Fact]
    public void Load_FileInAnotherDirectory_TakesDirectoriesFromThere()
    {
        Directory.CreateDirectory(_temp["conf"]);
        _temp.Write("conf/my.json", """
            {
              // orders come every night
              "pipelines": [{ "name": "orders", "table": "orders", "watch": ["in", "/abs/in"], "settleTime": "2s",
                "batchBytes": "1MiB", }],
            }
            """);

        var pipeline = IngestFile.Load("conf/my.json", _temp.Path).Pipelines.ShouldHaveSingleItem();

        pipeline.Watch.ShouldBe([_temp["conf/in"], "/abs/in"]);
        pipeline.SettleTime.ShouldBe(TimeSpan.FromSeconds(2));
        pipeline.BatchBytes.ShouldBe(1 << 20);
    }

    [Fact]
    public void Load_NamedFileMissing_IsAnError() =>
        Should.Throw<CliException>(() => IngestFile.Load("none.json", _temp.Path)).ExitCode.ShouldBe(ExitCode.Usage);

    [Theory]
    [InlineData("""{ "pipelines": [ { "settelTime": "1s" } ] }""",
        "x.json line 1, column 20: pipelines[0].settelTime: unknown property; did you mean settleTime?")]
    [InlineData("""{ "piplines": [] }""", "piplines: unknown property; did you mean pipelines?")]
    [InlineData("""{ "pipelines": [ { "csv": { "zzz": 1 } } ] }""",
        "pipelines[0].csv.zzz: unknown property; known are delimiter, quote, escape, quotes, comment")]
    [InlineData("""{ "pipelines": [ { "settleTime": 5 } ] }""", "pipelines[0].settleTime: must be a duration such as 500ms")]
    [InlineData("""{ "pipelines": [ { "batchBytes": "8Mi" } ] }""", "pipelines[0].batchBytes: must be a size in bytes such as")]
    [InlineData("""{ "pipelines": [ { "lanes": "two" } ] }""", "pipelines[0].lanes: must be a whole number")]
    [InlineData("""{ "pipelines": [ { "recursive": 1 } ] }""", "pipelines[0].recursive: must be true or false")]
    [InlineData("""{ "pipelines": [ { "watch": "data" } ] }""", "pipelines[0].watch: must be a list of strings")]
    [InlineData("""{ "pipelines": [ { "watch": null } ] }""", "pipelines[0].watch: must be a list of strings")]
    [InlineData("""{ "pipelines": [ { "extraColumns": "Foo" } ] }""", "pipelines[0].extraColumns: must be ignore or quarantine")]
    [InlineData("""{ "pipelines": [ { "csv": { "delimiter": ";;;;;;;;;" } } ] }""",
        "pipelines[0].csv.delimiter: must be 1 to 8 characters")]
    [InlineData("""{ "pipelines": [ { "csv": { "values": { "price": { "decimall": "," } } } } ] }""",
        "pipelines[0].csv.values.price.decimall: unknown property; did you mean decimal?")]
    [InlineData("""{ "pipelines": [ { "csv": { "quote": "ab" } } ] }""",
        "pipelines[0].csv.quote: must be one character or \"none\"")]
    [InlineData("""{ "pipelines": [ { "csv": { "quotes": "loose" } } ] }""",
        "pipelines[0].csv.quotes: must be lenient or strict")]
    [InlineData("""{ "pipelines": [ { "columns": { "a": 1 } } ] }""", "pipelines[0].columns.a: must be an object of strings")]
    [InlineData("""{ "pipelines": [ { "rules": [ { "rule": "rangee" } ] } ] }""",
        "pipelines[0].rules[0]: must be an object with \"rule\": one of required, oneOf, range, timeRange")]
    [InlineData("""{ "pipelines": [ { "rules": [ { "rule": "range", "minimun": 1 } ] } ] }""",
        "pipelines[0].rules[0].minimun: unknown property; did you mean minimum?")]
    [InlineData("""{ "pipelines": [ { "rules": [ { "column": "a" } ] } ] }""",
        "each of rules needs \"rule\": one of required, oneOf, range, timeRange, length, matches, foundIn")]
    [InlineData("""{ "pipelines": [ { "name" } ] }""", "x.json line 1, column 27: ")]
    [InlineData("""[]""", "the whole file: must be an object")]
    [InlineData("", "x.json line 1, column 1: ")]
    [InlineData("{ \"pipelines\": [ { \"name\": \"a\", \"watch\": [\"x\"], \"table\": \"t\",\n   \"rules\": [ { \"rule\": "
        + "\"required\", \"column\": \"\" } ] } ] }",
        "x.json line 2, column 37: pipelines[0].rules[0].column: ")]
    public void Parse_Mistake_IsNamedWithItsPlace(string json, string expected)
    {
        var exception = Should.Throw<CliException>(() => IngestFile.Parse(json, "x.json"));

        exception.ExitCode.ShouldBe(ExitCode.Usage);
        exception.Message.ShouldContain(expected, Case.Sensitive);
    }

    [Fact]
    public void Parse_SeveralBadValues_NamesThemAll()
    {
        var message = Should.Throw<CliException>(() => IngestFile.Parse(
            """{ "pipelines": [ { "name": "a", "watch": ["x"], "table": "t", "lanes": 0 }, """
            + """{ "name": "a", "watch": ["x"], "table": "t", "settleTime": "2h" } ] }""",
            "x.json")).Message;

        message.Split('\n').ShouldBe(
        [
            "x.json line 1, column 63: pipelines[0].lanes: must be from 1 to 64, not 0",
            "x.json line 1, column 122: pipelines[1].settleTime: must be from 0 to 1h, not 2h",
            "x.json line 1, column 79: pipelines[1].name: 'a' is already the name of pipelines[0]",
        ]);
    }

    [Fact]
    public void Parse_WhatThePipelineWrites_ReadsBack()
    {
        var json = PipelineJson.Write(BuiltInPipelines.Events());

        var read = IngestFile.Parse($$"""{ "$schema": "docs/ingest.schema.json", "pipelines": [ {{json}} ] }""", "x.json");

        PipelineJson.Write(read.Pipelines[0]).ShouldBe(json);
    }
}
