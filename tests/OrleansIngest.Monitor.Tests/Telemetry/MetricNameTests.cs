using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansIngest.Monitor.Tests.Telemetry;

/// <summary>What is written about metrics is what there is.</summary>
[Collection("metrics")]
public sealed partial class MetricNameTests
{
    static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root(), .. path]));

    /// <summary>Every series that a scrape has, of a node that has loaded and a ledger with an alert.</summary>
    static async Task<(HashSet<string> Families, HashSet<string> Samples)> ScrapeAsync()
    {
        await using var site = await MetricsSite.StartAsync();
        await using (var alert = site.Database.DataSource.CreateCommand(
            "INSERT INTO ingest.alert (rule, severity, message) VALUES ('dead-node', 'warning', 'x')"))
            await alert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await site.LoadAsync("id,name\n1,one\nx,two\n");
        await site.ScrapeAsync(); // counters begin at the first look
        var lines = (await site.ScrapeAsync()).Split('\n');
        return ([.. lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2])],
            [.. lines.Where(l => l.Length > 0 && l[0] != '#').Select(l => Name().Match(l).Value)]);
    }

    [Theory]
    [InlineData("deploy", "grafana", "dashboard.json")]
    [InlineData("deploy", "prometheus", "alerts.yml")]
    [InlineData("docs", "monitoring.md")]
    public async Task Every_metric_that_a_file_names_exists(params string[] path)
    {
        var named = Named().Matches(Read(path)).Select(m => m.Value).ToHashSet();
        var (families, samples) = await ScrapeAsync();

        named.Count.ShouldBeGreaterThan(5);
        named.Except(families).Except(samples).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_metric_that_exists_is_in_the_documentation()
    {
        var text = Read("docs", "monitoring.md");
        var (families, _) = await ScrapeAsync();

        families.Where(f => f.StartsWith("ingest_", StringComparison.Ordinal))
            .Where(f => !text.Contains($"`{f}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Dashboard_asks_the_data_source_that_its_reader_chooses_and_its_panels_do_not_overlap()
    {
        using var document = JsonDocument.Parse(Read("deploy", "grafana", "dashboard.json"));
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToArray();

        panels.Select(p => p.GetProperty("id").GetInt32()).ShouldBeUnique();
        var cells = panels.Select(p => p.GetProperty("gridPos")).SelectMany(g =>
            from x in Enumerable.Range(g.GetProperty("x").GetInt32(), g.GetProperty("w").GetInt32())
            from y in Enumerable.Range(g.GetProperty("y").GetInt32(), g.GetProperty("h").GetInt32())
            select (x, y)).ToArray();
        cells.ShouldBeUnique();
        cells.ShouldAllBe(c => c.x < 24);
        foreach (var target in panels.Where(p => p.TryGetProperty("targets", out _))
            .SelectMany(p => p.GetProperty("targets").EnumerateArray()))
            target.GetProperty("datasource").GetProperty("uid").GetString().ShouldBe("${datasource}");
    }

    [GeneratedRegex(@"\b(?:ingest|dotnet)_[a-z0-9_]*[a-z0-9]\b(?!\.)")]
    private static partial Regex Named();

    [GeneratedRegex("^[a-zA-Z0-9_:]+")]
    private static partial Regex Name();
}
