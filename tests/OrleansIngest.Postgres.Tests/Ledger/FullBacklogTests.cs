using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>When autovacuum has looked at the ledger while nearly every file was waiting, PostgreSQL expects to find waiting
/// files wherever it looks. The statements of a round must not read the whole table for that while the files are
/// loaded.</summary>
public sealed class FullBacklogTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Dictionary<string, Func<NpgsqlDataSource, NodeId, Task>> Asked { get; } = new()
    {
        ["poll"] = (db, node) => new CoordinatorPoll(db).AskAsync("test", node, true, lists: false, Stop),
        ["demands"] = (db, _) => new PipelineLedger(db).DemandsAsync("test", 100, Stop),
        ["claim"] = (db, node) => new FileLedger(db) { RecentFirst = _ => true }.ClaimAsync("test", node, 8, null, Stop),
        ["open files"] = async (db, _) =>
        {
            await using var connection = await db.OpenConnectionAsync(Stop);
            await new LedgerReader(connection).HasOpenAsync("test", Stop);
        },
    };

    public static TheoryData<string> Statements() => [.. Asked.Keys];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Statement_StatisticsOfAFullBacklog_ReadsNotTheWholeTable(string statement)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString);
        await bench.ExecuteAsync(
            """
            ALTER TABLE ingest.file SET (autovacuum_enabled = off);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT 'test', 'file ' || n, 1, n, 0, n, 'ready' FROM generate_series(1, 20000) n;
            ANALYZE ingest.file;
            UPDATE ingest.file SET status = 'loaded' WHERE file_id % 100 <> 0
            """);

        var plan = string.Join('\n', await plans.OfAsync(db => Asked[statement](db, node.Id)));

        plan.ShouldContain(" on file ");
        plan.ShouldNotContain("Seq Scan on file ");
    }
}
