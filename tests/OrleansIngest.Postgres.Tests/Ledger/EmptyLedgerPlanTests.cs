using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>A silo plans its statements when it starts, maybe over an empty ledger, and keeps the plans while it loads thousands
/// of files. Of two indexes that look alike then, the plan must use the one that stays cheap.</summary>
public sealed class EmptyLedgerPlanTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Not by the size, which many files may share.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task SameContent_LedgerWithoutStatistics_IsFoundByItsHash(int files)
    {
        await using var bench = await BenchAsync(files, "loaded");
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString);

        var plan = await plans.OfAsync(async db =>
        {
            await using var command = db.CreateCommand("SELECT ingest.same_content('test', 10, sha256('x'))");
            await command.ExecuteScalarAsync(Stop);
        });

        string.Join('\n', plan).ShouldContain("using file_sha256 on file");
    }

    /// <summary>Not among the files that are being loaded: each that was loaded leaves dead entries there.</summary>
    [Fact]
    public async Task Checkpoint_FewFilesAreLoading_FindsTheClaimsByPrimaryKey()
    {
        await using var bench = await BenchAsync(5000, "ready");
        await bench.ExecuteAsync(
            "ANALYZE ingest.file; UPDATE ingest.file SET status = 'loading', owner_node = 'n', epoch = 1 WHERE file_id <= 20");
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString);

        var plan = await plans.OfAsync(async db =>
        {
            await using var connection = await db.OpenConnectionAsync(Stop);
            await using var batch = new NpgsqlBatch(connection); // one transaction, which nothing is left of but its plans
            BatchLedger.AddCheckpoint(batch, new NodeId("n"), 0,
                [.. Enumerable.Range(1, 20).Select(file => RecordOf(new FileId(file)))]);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("ROLLBACK"));
            await batch.ExecuteNonQueryAsync(Stop);
        });

        string.Join('\n', plan).ShouldContain("file_pkey on file");
        string.Join('\n', plan).ShouldNotContain("file_loading");
    }

    static async Task<LoadBench> BenchAsync(int files, string status)
    {
        var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.StartNodeAsync();
        await bench.ExecuteAsync(
            $"""
            ALTER TABLE ingest.file SET (autovacuum_enabled = off);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, sha256, finished_at)
            SELECT 'test', 'file ' || n, 10, n, 0, n, '{status}', sha256(n::text::bytea), now()
            FROM generate_series(1, {files}) n
            """);
        return bench;
    }

    static BatchRecord RecordOf(FileId file) => new()
    {
        FileId = file,
        Pipeline = "test",
        Epoch = 1,
        Owner = new NodeId("n"),
        FileSize = 10,
        StartOffset = 0,
        EndOffset = 10,
        FirstRecord = 1,
        FirstLine = 1,
        Records = 1,
        Lines = 1,
        RowsLoaded = 1,
        RowsRejected = 0,
        RowsSkipped = 0,
        RowsSuppressed = 0,
        ReadMicroseconds = 0,
        WaitMicroseconds = 0,
        CopyMicroseconds = 0,
        CommitMicroseconds = 0,
    };
}
