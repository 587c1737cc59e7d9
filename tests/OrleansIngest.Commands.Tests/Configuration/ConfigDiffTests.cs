using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class ConfigDiffTests
{
    static readonly string Two = """
        { "pipelines": [ { "name": "a", "watch": ["/a"], "table": "t" },
          { "name": "b", "watch": ["/b"], "table": "t", "rules": [ { "rule": "required", "column": "x" } ] } ] }
        """;

    [Fact]
    public void Between_SameConfiguration_IsNothing() =>
        ConfigDiff.Between([Node("n", Wanted(Two))], Wanted(Two)).ShouldBeEmpty();

    [Fact]
    public void Between_ChangedAddedRemoved_IsOneEntryPerProperty()
    {
        var file = Wanted("""
            { "retention": { "history": "30d" }, "pipelines": [
              { "name": "b", "watch": ["/b"], "table": "u", "rules": [ { "rule": "required", "column": "y" } ] },
              { "name": "c", "watch": ["/c"], "table": "t" } ] }
            """);

        var found = ConfigDiff.Between([Node("n", Wanted(Two))], file);

        found.Where(d => d.Pipeline is not null).Select(d => $"{d.Pipeline} {d.Property} {d.Running} {d.File}").ShouldBe(
        [
            "a  \"runs\" ", "b rules[0].column \"x\" \"y\"", "b table \"t\" \"u\"", "c   \"present\"",
        ]);
        found.Where(d => d.Pipeline is null).ShouldAllBe(d => d.Property!.StartsWith("retention."));
    }

    [Fact]
    public void Between_SilosThatDisagree_NamesThoseOfWhichItIsSo()
    {
        var other = Wanted(Two.Replace("/a", "/z", StringComparison.Ordinal));

        var found = ConfigDiff.Between([Node("n1", Wanted(Two)), Node("n2", other), Node("n3", other)],
            Wanted(Two)).ShouldHaveSingleItem();

        (found.Pipeline, found.Property, found.Running, found.File).ShouldBe(("a", "watch", """["/z"]""", """["/a"]"""));
        found.Nodes.ShouldBe(["n2", "n3"]);
    }

    [Fact]
    public void Settings_Webhook_IsComparedAndNeverShown()
    {
        var one = Wanted("""{ "alerts": { "webhook": "https://hooks.example.com/T0/secret1" } }""");
        var other = Wanted("""{ "alerts": { "webhook": "https://hooks.example.com/T0/secret2" } }""");

        var found = ConfigDiff.Between([Node("n", one)], other).ShouldHaveSingleItem();

        found.Property.ShouldBe("alerts.webhook");
        $"{found.Running} {found.File} {one.Settings}".ShouldNotContain("hooks.example.com");
    }

    [Fact]
    public void Of_NameInFileAndDatabase_NamesBoth()
    {
        var kept = new StoredPipeline("a", 3, """{ "name": "a", "watch": ["/a"], "table": "t" }""", "ann@shop", "loader",
            DateTimeOffset.UnixEpoch, null);
        var options = IngestFile.Parse(Two, "x.json");
        options.Origins["a"] = "/etc/ingest.json";

        var message = Should.Throw<CliException>(() => DesiredConfiguration.Of(options, options.Pipelines, [kept])).Message;

        message.ShouldStartWith(
            "pipeline a is in /etc/ingest.json and in the database (version 3, by ann@shop at 1970-01-01 00:00:00Z)");
    }

    static DesiredConfiguration Wanted(string json)
    {
        var options = IngestFile.Parse(json, "x.json");
        return DesiredConfiguration.Of(options, options.Pipelines, []);
    }

    static NodeConfiguration Node(string name, DesiredConfiguration runs) =>
        new()
        {
            Node = name,
            Version = 1,
            Files = [],
            Pipelines = runs.ToRunning(),
            Settings = runs.Settings,
            RestartNeeded = []
        };
}
