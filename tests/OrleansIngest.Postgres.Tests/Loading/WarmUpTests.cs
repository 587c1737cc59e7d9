using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>What a silo does before its first file comes, so that this one does not wait for it.</summary>
public sealed class WarmUpTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WarmUp_SessionOfALane_PreparesTheCheckpointAndChangesNothing()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString)
        {
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2, // as in IngestNode
        });
        await using var connection = await source.OpenConnectionAsync(Stop);

        await new CommitTransaction(connection, new NodeId("me"), lane: 1, TimeProvider.System).WarmUpAsync(Stop);

        await using var prepared = new NpgsqlCommand(
            "SELECT array_agg(p.item ORDER BY p.item) FROM (SELECT substring(statement FROM 'INSERT INTO (ingest\\.\\w+)') "
            + "FROM pg_prepared_statements) p (item) WHERE p.item IS NOT NULL", connection);
        // The other one is WITH done AS (UPDATE …), latencies AS (INSERT INTO ingest.latency …), counted AS (…)
        ((string[])(await prepared.ExecuteScalarAsync(Stop))!).ShouldBe(["ingest.batch", "ingest.latency"]);
        (await bench.ScalarAsync<long>(
            "SELECT (SELECT count(*) FROM ingest.batch) + (SELECT count(*) FROM ingest.throughput) "
            + "+ (SELECT count(*) FROM ingest.latency) + (SELECT count(*) FROM ingest.file_count)")).ShouldBe(0);
    }

    [Fact]
    public async Task Silo_LanesThatCannotWarmUp_CommitTheirFirstFile()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(
            """
            CREATE SEQUENCE refusals; -- keeps its value when a transaction is rolled back
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM nextval('refusals'); RAISE 'no warm-up'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON ingest.batch FOR EACH STATEMENT EXECUTE FUNCTION refuse();
            """);
        await using var silo = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = bench.Database.ConnectionString,
                Kind = NodeKind.Silo,
                Pipelines = [bench.Pipeline],
            },
            NullLoggerFactory.Instance, TimeProvider.System, Stop);
        await bench.UntilAsync("all lanes were refused", $"SELECT is_called AND last_value >= {silo.Lanes} FROM refusals");
        await bench.ExecuteAsync("DROP TRIGGER refuse ON ingest.batch");

        var loaded = await bench.LoadOnAsync(silo, [bench.Write("a.csv", "id\n1\n2\n")]);

        loaded.Single().Status.ShouldBe("loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2"]);
    }
}
