using CsCheck;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class ConfigurationTextsTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Understand_FilesOfTheDirectory_AddTheirPipelines()
    {
        _temp.Write("ingest.json", File("a"));
        _temp.Write("ingest.d/20.json", File("c"));
        _temp.Write("ingest.d/10.json", File("b"));
        _temp.Write("ingest.d/.hidden.json", "no JSON");
        _temp.Write("ingest.d/notes.txt", "no JSON");

        var options = IngestFile.Load(null, _temp.Path);

        options.Pipelines.Select(p => p.Name).ShouldBe(["a", "b", "c"]);
        options.Pipelines[1].Watch.ShouldBe([_temp["in"]],
            "as in ingest.json, so that a pipeline can move from one file to the other");
        options.Origins["c"].ShouldBe(_temp["ingest.d/20.json"]);
    }

    [Fact]
    public void Understand_OnlyTheDirectory_LeavesTheBuiltInPipelineOut()
    {
        _temp.Write("ingest.d/a.json", File("a"));

        IngestFile.Load(null, _temp.Path).Pipelines.ShouldHaveSingleItem().Name.ShouldBe("a");
    }

    [Fact]
    public void Understand_EmptyList_IsNoPipeline()
    {
        _temp.Write("ingest.json", """{ "pipelines": [] }""");

        IngestFile.Load(null, _temp.Path).Pipelines.ShouldBeEmpty();
    }

    [Fact]
    public void Understand_OtherFileNamed_HasADirectoryOfItsOwn()
    {
        _temp.Write("other.json", File("a"));
        _temp.Write("ingest.d/b.json", File("b"));
        _temp.Write("other.d/c.json", File("c"));

        IngestFile.Load("other.json", _temp.Path).Pipelines.Select(p => p.Name).ShouldBe(["a", "c"]);
    }

    [Fact]
    public void Understand_SameNameInTwoFiles_NamesBoth()
    {
        _temp.Write("ingest.d/a.json", File("same"));
        _temp.Write("ingest.d/b.json", File("same"));

        var message = Should.Throw<CliException>(() => IngestFile.Load(null, _temp.Path)).Message;

        message.ShouldBe(
            $"ingest.d/b.json line 1, column 20: pipelines[0].name: 'same' is already the name of a pipeline in "
                + $"{_temp["ingest.d/a.json"]}");
    }

    [Theory]
    [InlineData("""{ "alerts": {} }""", "ingest.d/a.json line 1, column 3: alerts: unknown property")]
    [InlineData("{ \"pipelines\": [ { \"name\": \"a\", \"watch\": [\"x\"],\n \"table\": \"a.b.c\" } ] }",
        "ingest.d/a.json line 2, column 2: pipelines[0].table: ")]
    [InlineData("{ \"pipel", "ingest.d/a.json line 1, column ")]
    public void Understand_MistakeInAPart_IsNamedWithItsPlace(string json, string expected)
    {
        _temp.Write("ingest.d/a.json", json);

        Should.Throw<CliException>(() => IngestFile.Load(null, _temp.Path)).Message.ShouldStartWith(expected);
    }

    [Fact]
    public void Understand_MistakesInSeveralFiles_NamesThemAll()
    {
        _temp.Write("ingest.json", """{ "databases": { "shop": "postgres://u@h/d" }, "retention": { "details": "1x" } }""");
        _temp.Write("ingest.d/a.json", "{ \"pipel");
        _temp.Write("ingest.d/b.json", """
            { "pipelines": [
              { "name": "b", "watch": ["in"], "table": "t", "database": "shopp" },
              { "name": "b", "watch": ["in", "in"], "table": "t" } ] }
            """);
        _temp.Write("ingest.d/c.json", File("b"));

        var message = Should.Throw<CliException>(() => IngestFile.Load(null, _temp.Path)).Message;

        message.Split('\n').Select(line => line.Split(": ")[..2]).ShouldBe(
        [
            ["ingest.json line 1, column 63", "retention.details"],
            ["ingest.d/a.json line 1, column 3", "this text has no closing quote on its line"],
            ["ingest.d/b.json line 2, column 49", "pipelines[0].database"],
            ["ingest.d/b.json line 3, column 5", "pipelines[1].name"],
            ["ingest.d/c.json line 1, column 20", "pipelines[0].name"],
        ]);
    }

    [Fact]
    public void Understand_BrokenMainFile_DoesNotMakeDatabasesOfPartsUnknown()
    {
        _temp.Write("ingest.json", """{ "databases": { "shop": "postgres://u@h/d" }""");
        _temp.Write("ingest.d/b.json",
            """{ "pipelines": [ { "name": "b", "watch": ["in"], "table": "t", "database": "shop" } ] }""");

        Should.Throw<CliException>(() => IngestFile.Load(null, _temp.Path)).Message.ShouldBe(
            "ingest.json line 1, column 46: the file ends before the { of line 1, column 1 is closed; } is missing");
    }

    [Fact]
    public void Understand_PipelinesSpreadAtRandom_AreTheSameWhereverTheyStand() =>
        Gen.Int[0, 3].Array[1, 8].Sample(places =>
        {
            using var temp = new TempDirectory();
            for (var file = 0; file < 4; file++)
            {
                var own = places.Select((place, i) => (place, i)).Where(p => p.place == file).Select(p => $"p{p.i}").ToArray();
                if (file == 0 || own.Length > 0) temp.Write(file == 0 ? "ingest.json" : $"ingest.d/{file}.json", File(own));
            }

            var options = IngestFile.Load(null, temp.Path);

            options.Pipelines.Select(p => p.Name).Order().ShouldBe(places.Select((_, i) => $"p{i}").Order());
            options.Pipelines.ShouldAllBe(p => p.Watch.Single() == temp["in"]);
        }, iter: 100);

    static string File(params string[] names)
    {
        var pipelines = names.Select(name => $$"""{ "name": "{{name}}", "watch": ["in"], "table": "t" }""");
        return $$"""{ "pipelines": [ {{string.Join(", ", pipelines)}} ] }""";
    }
}
