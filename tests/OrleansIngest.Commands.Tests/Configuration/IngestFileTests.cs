using System.Text.Json.Nodes;
using CsCheck;
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
    [InlineData("""{ "pipelines": [ { "columns": { "a": 1 } } ] }""", "pipelines[0].columns.a: must be a string, not 1")]
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
            "x.json line 1, column 79: pipelines[1].name: 'a' is already the name of pipelines[0]",
            "x.json line 1, column 122: pipelines[1].settleTime: must be from 0 to 1h, not 2h",
        ]);
    }

    [Fact]
    public void Parse_MistakesOfEveryKind_NamesThemAllInTheOrderOfTheFile()
    {
        const string Text = """
            {
              "databases": { "shop": 5 },
              "pipelines": [
                { "name": "a", "watch": ["é", 7], "table": "t", "settleTime": "2x", "lanes": 99 },
                null,
                { "name": "b", "watch": ["y"], "table": "t", "write": "upsrt", "recursiv": true,
                  "columns": { "x": null }, "rules": [ { "column": "a" }, { "rule": "rangee" }, { "rule": "range" } ] },
              ],
              "alert": {}
            }
            """;

        var message = Should.Throw<CliException>(() => IngestFile.Parse(Text, "x.json")).Message;

        message.Split('\n').Select(line => line.Length > 100 ? line[..100] + "…" : line).ShouldBe(
        [
            "x.json line 2, column 18: databases.shop: must be a string",
            "x.json line 4, column 35: pipelines[0].watch[1]: must be a string, not 7",
            "x.json line 4, column 53: pipelines[0].settleTime: must be a duration such as 500ms, 1s, 5m, 2h, 1d …",
            "x.json line 4, column 73: pipelines[0].lanes: must be from 1 to 64, not 99",
            "x.json line 5, column 5: pipelines[1]: must be an object, not null",
            "x.json line 6, column 50: pipelines[2].write: must be append or upsert or insertNew or replaceTable,…",
            "x.json line 6, column 68: pipelines[2].recursiv: unknown property; did you mean recursive?",
            "x.json line 7, column 20: pipelines[2].columns.x: must be a string, not null",
            "x.json line 7, column 44: pipelines[2].rules[0]: each of rules needs \"rule\": one of required, oneOf,…",
            "x.json line 7, column 63: pipelines[2].rules[1]: must be an object with \"rule\": one of required, one…",
            "x.json line 7, column 85: pipelines[2].rules[2].column: must name a column of the table",
            "x.json line 7, column 85: pipelines[2].rules[2]: needs minimum, maximum or both",
            "x.json line 9, column 3: alert: unknown property; did you mean alerts?",
        ]);
    }

    [Theory]
    [InlineData("""{ "name": "a", "watch": ["x"], "tabel": "t" }""", "tabel: unknown property; did you mean table?")]
    [InlineData("""{ "name": "a", "watch": ["x"], "table": "t", "write": "upsrt", "key": ["id"] }""", "write: must be")]
    [InlineData("""{ "name": "a", "watch": ["x"], "table": "t", "write": "upsrt" }""",
        "write: must be append or upsert or insertNew or replaceTable, not \"upsrt\"")]
    [InlineData("""{ "name": "a", "watch": ["x"], "table": "t", "settleTime": "2x" }""",
        $"settleTime: must be {DurationText.Expected}, not \"2x\"")]
    [InlineData("""{ "name": "a", "watch": ["x"], "table": "t", "rules": [ { "rule": "rangee", "column": "a" } ] }""",
        "rules[0]: must be an object with \"rule\": one of required, oneOf, range, timeRange, length, matches, foundIn, "
        + "not \"rangee\"")]
    [InlineData("""{ "name": "a", "watch": [1], "table": "t" }""", "watch[0]: must be a string, not 1")]
    [InlineData("""{ "name": "a", "watch": ["x"], "table": "t", "lanes": "1", "lanes": "2" }""", "lanes: must be a whole number")]
    public void Parse_OneMistake_IsNamedAlone(string pipeline, string expected) =>
        Should.Throw<CliException>(() => IngestFile.Parse($$"""{ "pipelines": [ {{pipeline}} ] }""", "x.json"))
            .Message.Split('\n').ShouldHaveSingleItem().ShouldContain($"pipelines[0].{expected}", Case.Sensitive);

    [Fact]
    public void Parse_AnyValuesOfAWrongType_AreAllNamedAndNoOther()
    {
        var names = JsonNode.Parse(PipelineJson.Write(new PipelineOptions()))!.AsObject().Select(p => p.Key).ToArray();
        Gen.Int[0, names.Length - 1].HashSet[1, 8].Sample(wrong =>
        {
            var pipeline = new JsonObject { ["name"] = "a", ["watch"] = new JsonArray("x"), ["table"] = "t" };
            foreach (var i in wrong) pipeline[names[i]] = new JsonArray(new JsonArray());

            var lines = Should.Throw<CliException>(() => IngestFile.Parse($$"""{ "pipelines": [ {{pipeline}} ] }""", "x.json"))
                .Message.Split('\n');

            lines.Select(line => line.Split(": ")[1].Split('.', '[')[2]).Distinct().Order()
                .ShouldBe(wrong.Select(i => names[i]).Order());
        }, iter: 200);
    }

    [Fact]
    public void Parse_PasswordAtAWrongPlace_IsNotShown() =>
        Should.Throw<CliException>(() => IngestFile.Parse(
            """{ "databases": "postgres://u:geheim@h/d", "pipelines": "postgres://u:geheim@h/d" }""", "x.json"))
            .Message.ShouldNotContain("geheim");

    [Fact]
    public void Parse_WhatThePipelineWrites_ReadsBack()
    {
        var json = PipelineJson.Write(BuiltInPipelines.Events());

        var read = IngestFile.Parse($$"""{ "$schema": "docs/ingest.schema.json", "pipelines": [ {{json}} ] }""", "x.json");

        PipelineJson.Write(read.Pipelines[0]).ShouldBe(json);
    }
}
