using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

public sealed class NodeConfigurationsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_SecondTime_ReplacesWhatTheNodeSaidAndKeepsTheTimeOfItsVersion()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(Silo("n1", "a"));
        var ledger = new NodeConfigurations(bench.Database.DataSource);
        var said = (await ledger.ListAsync(Stop)).Single();

        await ledger.WriteAsync(said with { Problem = "ingest.json line 1, column 2: no", RestartNeeded = ["lanes"] }, Stop);

        var again = (await ledger.ListAsync(Stop)).Single();
        again.AppliedAt.ShouldBe(said.AppliedAt);
        (again.Problem, again.RestartNeeded.Single(),
            again.Pipelines["a"].From).ShouldBe(("ingest.json line 1, column 2: no", "lanes", "database"));
        again.ProblemSince.ShouldNotBeNull();
        await ledger.WriteAsync(said with { Version = 2 }, Stop);
        (await ledger.ListAsync(Stop)).Single().AppliedAt.ShouldBeGreaterThan(said.AppliedAt);
    }

    [Fact]
    public async Task Evaluate_ProblemOfANode_IsAnAlertUntilItIsGone()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(Silo("n1", "a")
            + "UPDATE ingest.node_configuration SET problem = 'ingest.json line 3, column 5: pipelines[0].lanes: must be'");
        await using var monitor = new AlertMonitor(bench.Database.DataSource, new AlertingOptions(), "n1", TimeProvider.System,
            NullLogger.Instance);

        await monitor.EvaluateAsync(Stop);
        await bench.ExecuteAsync("UPDATE ingest.node_configuration SET problem = NULL");
        await monitor.EvaluateAsync(Stop);

        (await bench.RowsAsync("SELECT rule, node, message, quiet_since IS NOT NULL FROM ingest.alert")).ShouldHaveSingleItem()
            .ShouldBe(
            "configuration|n1|The configuration of node n1 cannot be applied, so the previous one stays in force: "
            + "ingest.json line 3, column 5: pipelines[0].lanes: must be|True");
    }

    [Theory]
    [InlineData("x", "1 h", 0)]
    [InlineData("y", "1 s", 0)]
    [InlineData("y", "1 h", 1)]
    public async Task Evaluate_SilosThatDisagreeForAWhile_IsAnAlertOfThePipeline(string otherSum, string ago, int alerts)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(
            Silo("n1", "a", sum: "x") + Silo("n2", "a", sum: otherSum) + Silo("n3", "b", sum: "z")
            + $"UPDATE ingest.node_configuration SET applied_at = clock_timestamp() - interval '{ago}'");
        await using var monitor = new AlertMonitor(bench.Database.DataSource, new AlertingOptions(), "n1", TimeProvider.System,
            NullLogger.Instance);

        await monitor.EvaluateAsync(Stop);

        (await bench.RowsAsync("SELECT rule, pipeline, value, message LIKE '%: n1, n2' FROM ingest.alert"))
            .ShouldBe(Enumerable.Repeat("configuration|a|2|True", alerts));
    }

    [Fact]
    public async Task Standing_NodesThatSayTheyDoNotRunThePipeline_GetNoneOfItsFiles()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(Silo("n1", "a") + Silo("n2", "b") + Silo("silent", "x")
            + "DELETE FROM ingest.node_configuration WHERE node = 'silent'");

        var standing = await new NodeLedger(bench.Database.DataSource).NodeLoadsAsync("a", only: null, Stop);

        standing.Select(n => n.Node.Value).ShouldBe(["n1", "silent"]);
    }

    /// <summary>SQL: a silo that lives and says that it runs a pipeline.</summary>
    /// <summary>Changing one file must change the pipeline everywhere.</summary>
    [Theory]
    [InlineData("", "/etc/ingest.json")]
    [InlineData("UPDATE ingest.node SET state = 'dead' WHERE node = 'n2'; UPDATE ingest.node SET host = 'x' WHERE node = 'n2'",
        "/etc/ingest.json")]
    [InlineData("UPDATE ingest.node SET host = 'x' WHERE node = 'n2'", null)]
    [InlineData("UPDATE ingest.node SET state = 'dead' WHERE node = 'n1'", null)]
    [InlineData("UPDATE ingest.node_configuration SET problem = 'no' WHERE node = 'n2'", null)]
    [InlineData("DELETE FROM ingest.node_configuration WHERE node = 'n2'", null)]
    [InlineData("UPDATE ingest.node_configuration SET pipelines = '{}' WHERE node = 'n2'", null)]
    [InlineData("UPDATE ingest.node_configuration SET pipelines = jsonb_set(pipelines, '{a,from}', '\"/x.json\"') "
        + "WHERE node = 'n2'", null)]
    [InlineData("UPDATE ingest.node_configuration SET pipelines = jsonb_set(pipelines, '{a,from}', '\"built in\"')", null)]
    public async Task SharedFile_OfSilosThatDiffer_IsNone(string change, string? expected)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(Silo("n1", "a", "/etc/ingest.json") + Silo("n2", "a", "/etc/ingest.json") + change);

        (await new NodeConfigurations(bench.Database.DataSource).SharedFileAsync("n1", "a", Stop)).ShouldBe(expected);
    }

    internal static string Silo(string node, string pipeline, string from = "database", string sum = "x")
    {
        var pipelines = JsonSerializer.Serialize(new Dictionary<string, object>
        { [pipeline] = new { from, sum, config = new { name = pipeline } } });
        return $"""
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key)
            VALUES ('{node}', 'silo', 'h', 1, '1', 1, 1, 1, 8, 'alive', 0);
            INSERT INTO ingest.node_configuration (node, version, files, pipelines, settings)
                VALUES ('{node}', 1, ARRAY['/etc/ingest.json'], '{pipelines}', '{"{}"}');
            """;
    }
}
