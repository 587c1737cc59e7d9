using System.Text.RegularExpressions;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>A silo plans its statements when it starts, maybe over an empty ledger, and keeps the plans while it loads thousands
/// of files. Of two indexes that look alike then, the plan must use the one that stays cheap.</summary>
public sealed partial class EmptyLedgerPlanTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Not by the size, which many files may share.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task SameContent_LedgerWithoutStatistics_IsFoundByItsHash(int files)
    {
        var plan = await PlansAsync(files, "loaded", async db =>
        {
            await using var command = db.CreateCommand("SELECT ingest.same_content('test', 10, sha256('x'))");
            await command.ExecuteScalarAsync(Stop);
        });

        string.Join('\n', plan).ShouldContain("using file_sha256 on file");
    }

    /// <summary>Not among the files that are being loaded: each that was loaded leaves dead entries there. The batches of a file
    /// whose last one is committed are read by the file as well.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checkpoint_FewFilesAreLoading_FindsTheClaimsByPrimaryKey(bool isLast)
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
                [.. Enumerable.Range(1, 20).Select(file => RecordOf(new FileId(file), isLast))]);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("ROLLBACK"));
            await batch.ExecuteNonQueryAsync(Stop);
        });

        string.Join('\n', plan).ShouldContain("file_pkey on file");
        string.Join('\n', plan).ShouldNotContain("file_loading");
        if (isLast) string.Join('\n', plan).ShouldContain("batch_pkey");
        string.Join('\n', plan).ShouldNotContain("Seq Scan on batch");
    }

    /// <summary>By its path, although over an empty ledger the index of the waiting files looks as good.</summary>
    [Theory]
    [InlineData(0, "ready")]
    [InlineData(5000, "ready")]
    [InlineData(5000, "loaded")]
    public async Task SeenFile_LedgerWithoutStatistics_IsFoundByItsPath(int files, string status)
    {
        var plan = await PlansAsync(files, status, async db =>
        {
            var ledger = new FileLedger(db);
            (await ledger.NoteFilesAsync("test", [new SeenFile("/in/new.csv", 1, 1, 0, 0)], "ready", null, Stop)).ShouldBe(1);
            (await ledger.NoteFilesAsync("test", [new SeenFile("/in/new.csv", 1, 2, 0, 0)], "ready", null, Stop)).ShouldBe(1);
        });

        var indexes = IndexesOfFiles(plan);
        indexes.ShouldContain("file_pipeline_path_version_key");
        // Of archives' members, and those that wait for their archive to return: both hold members only.
        indexes.Except(["file_pipeline_path_version_key", "file_pkey", "file_member", "file_member_gone"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "ready")]
    [InlineData(5000, "ready")]
    [InlineData(5000, "loading")]
    public async Task CheckpointOfAGrain_LedgerWithoutStatistics_IsReadByPrimaryKey(int files, string status)
    {
        var plan = await PlansAsync(files, status, db => new CheckpointLedger(db).ReadAsync([new FileId(1)], Stop));

        IndexesOfFiles(plan).ShouldBe(["file_pkey"]);
    }

    /// <summary>The waiting files in their order, and the few that are in work by their owner.</summary>
    [Theory]
    [InlineData(0, "ready")]
    [InlineData(5000, "ready")]
    [InlineData(5000, "loaded")]
    public async Task Claim_LedgerWithoutStatistics_ReadsTheWaitingFilesInOrder(int files, string status)
    {
        var plan = await PlansAsync(files, status,
            db => new FileLedger(db) { RecentFirst = _ => true }.ClaimAsync("test", new NodeId("n"), 256, null, Stop));

        IndexesOfFiles(plan).ShouldBe(
            ["file_loading", "file_pipeline_path_version_key", "file_pkey", "file_suspect", "file_waiting"]);
    }

    /// <summary>The plans of what somebody asks of a ledger of so many files, of which there are no statistics.</summary>
    static async Task<IReadOnlyList<string>> PlansAsync(int files, string status, Func<NpgsqlDataSource, Task> ask)
    {
        await using var bench = await BenchAsync(files, status);
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString);
        return await plans.OfAsync(ask);
    }

    /// <summary>The names of the indexes of <c>ingest.file</c> that plans read, sorted, and other ways to read tables of the
    /// ledger.</summary>
    static IReadOnlyList<string> IndexesOfFiles(IEnumerable<string> plans) =>
        [.. plans.SelectMany(plan => AccessToFiles().Matches(plan)).Select(match => match.Groups["index"].Value)
            .Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"Index (Only )?Scan( Backward)? using (?<index>\w+) on file\b"
        + @"|(?<index>Seq Scan|Bitmap Heap Scan) on (file|batch|node)\b")]
    private static partial Regex AccessToFiles();

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

    static BatchRecord RecordOf(FileId file, bool isLast) => new()
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
        FileEnd = isLast ? new FileEnd(file, 1, new NodeId("n"), 10, PositionUnit.Byte, null, null) : null,
    };
}
