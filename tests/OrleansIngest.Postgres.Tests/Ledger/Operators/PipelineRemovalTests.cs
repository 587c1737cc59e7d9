using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

public sealed class PipelineRemovalTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";
    static readonly OperatorAct Ann = new("ann@here", "no longer wanted");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static PipelineRemoval RemovalOf(LoadBench bench) => new(bench.Database.DataSource);

    static string Lines(int records) => "id,name\n" + string.Concat(Enumerable.Range(1, records).Select(i => $"{i},n{i}\n"));

    [Fact]
    public async Task RemoveAsync_LoadedPipeline_TakesItsLedgerRowsAndLeavesTheRest()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 5);
        await bench.LoadAsync(bench.Write("a.csv", Lines(20)), bench.Write("b.csv", "id,name\nx,bad\n1,good\n"),
            bench.Write("c.csv", "nothing\n1\n"));
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ('other', '{}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                VALUES ('other', '/x', 7, 1, 1, 1, 'ready');
            INSERT INTO ingest.alert (rule, pipeline, severity, message) VALUES ('oldest-file', 'test', 'warning', 'x');
            """);
        var before = await RemovalOf(bench).ContentsAsync("test", Stop);

        var (result, contents) = await RemovalOf(bench).RemoveAsync("test", Ann, Stop);

        result.Outcome.ShouldBe(VerbOutcome.Done, result.Message);
        contents.ShouldBe(before);
        (contents!.Files, contents.RowsLoaded, contents.OpenRejects, contents.Table).ShouldBe((3, 21, 1, "public.t"));
        contents.Batches.ShouldBeGreaterThan(4);
        result.Message.ShouldStartWith("is removed: 3 files with ");
        result.Message.ShouldContain(
            "What stays: 21 rows in public.t, and 1 open reject in corrupt_records, which can no longer be replayed");
        (await bench.RowsAsync("SELECT name FROM ingest.pipeline")).ShouldBe(["other"]);
        (await bench.RowsAsync("SELECT pipeline, status, files, bytes FROM ingest.file_total")).ShouldBe(["other|ready|1|7"]);
        (await bench.RowsAsync(
            "SELECT (SELECT count(*) FROM ingest.batch), (SELECT count(*) FROM ingest.reject_header), (SELECT count(*) FROM "
                + "ingest.throughput_folded)"))
            .ShouldBe(["0|0|0"]);
        (await bench.RowsAsync(
            "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM corrupt_records WHERE status = 'open')")).ShouldBe(["21|1"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.alert WHERE resolved_at IS NULL")).ShouldBe(["0"]);
        (await bench.RowsAsync(
            "SELECT pipeline, who, detail LIKE '%(no longer wanted)' FROM ingest.history WHERE kind = "
                + "'operator.remove'")).ShouldBe(["test|ann@here|True"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task RemoveAsync_FoldedSums_GoToo()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(20)));
        await bench.ExecuteAsync(
            "UPDATE ingest.throughput SET bucket = bucket - interval '10 days'; UPDATE ingest.latency SET bucket = bucket - "
                + "interval '10 days'");
        await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.throughput_folded")).ShouldBe(1);

        (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result.Outcome.ShouldBe(VerbOutcome.Done);

        await bench.CountsShouldAgreeAsync();
        (await bench.RowsAsync("SELECT * FROM ingest.throughput_total")).ShouldBeEmpty();
    }

    [Fact]
    public async Task RemoveAsync_PipelineThatIsCoordinated_IsRefusedUntilItsSiloIsGone()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await new PipelineLedger(bench.Database.DataSource).CoordinateAsync("test", node.Id, null, null, Stop);

        var refused = (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result;
        await bench.EndNodeAsync(node);
        var done = (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result;

        refused.Outcome.ShouldBe(VerbOutcome.Refused);
        refused.Message.ShouldStartWith($"is running: node {node.Id} coordinates it");
        done.Outcome.ShouldBe(VerbOutcome.Done, done.Message);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.history WHERE kind = 'operator.remove'")).ShouldBe(1);
    }

    [Fact]
    public async Task RemoveAsync_FileInWork_IsRefusedAndTheFileGoesOn()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        var (node, claim) = await ClaimedAsync(bench, Lines(200));

        var refused = (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result;
        await FinishAsync(node, claim);

        refused.Outcome.ShouldBe(VerbOutcome.Refused);
        refused.Message.ShouldStartWith($"has 1 file loading on node {node.Id}");
        (await bench.RowsAsync("SELECT status, rows_loaded FROM ingest.file")).ShouldBe(["loaded|200"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task RemoveAsync_OwnerOfAFileInWorkIsSilent_RemovesAndTheOwnerCommitsNothingMore()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        var (node, claim) = await ClaimedAsync(bench, Lines(200));
        await bench.ExecuteAsync("UPDATE ingest.node SET state = 'dead'");

        var done = (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result;
        var result = await FinishAsync(node, claim);

        done.Outcome.ShouldBe(VerbOutcome.Done, done.Message);
        result!.Kind.ShouldBe(LoadResultKind.Fenced);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
        (await bench.RowsAsync("SELECT name FROM ingest.pipeline")).ShouldBeEmpty();
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task RemoveAsync_UnknownPipeline_SaysSoAndNotesNothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        (await RemovalOf(bench).ContentsAsync("nobody", Stop)).ShouldBeNull();
        (await RemovalOf(bench).RemoveAsync("nobody", Ann, Stop)).Result.Outcome.ShouldBe(VerbOutcome.Unknown);

        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.history WHERE kind = 'operator.remove'")).ShouldBe(0);
    }

    [Fact]
    public async Task RunRoundAsync_PipelineWasRemovedUnderItsCoordinator_IsBackWithItsFiles()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.SettleTime = TimeSpan.Zero);
        var node = await bench.StartNodeAsync();
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        using var coordinator = node.CreateCoordinator("test", workers);
        await coordinator.RunRoundAsync(Stop);
        // as after an outage of this silo
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET coordinated_at = now() - interval '1 min'");
        (await RemovalOf(bench).RemoveAsync("test", Ann, Stop)).Result.Outcome.ShouldBe(VerbOutcome.Done);
        bench.Write("a.csv", Lines(3));

        var rounds = 0;
        while (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file") == 0)
        {
            (++rounds).ShouldBeLessThan(100);
            try
            {
                await coordinator.WaitAsync(await coordinator.RunRoundAsync(Stop), Stop);
            }
            catch (Npgsql.PostgresException failure) when (failure.SqlState == Npgsql.PostgresErrorCodes.ForeignKeyViolation)
            {
                // The round that finds out; the next one starts over.
            }
        }

        (await bench.RowsAsync("SELECT name FROM ingest.pipeline")).ShouldBe(["test"]);
    }

    static async Task<(IngestNode Node, FileClaim Claim)> ClaimedAsync(LoadBench bench, string lines)
    {
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(bench.Write("a.csv", lines))], "ready", null, Stop);
        return (node, (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());
    }

    static async Task<LoadResult?> FinishAsync(IngestNode node, FileClaim claim)
    {
        var loader = node.OpenLoader(claim);
        while (await loader.StepAsync(TimeSpan.FromSeconds(1), Stop) == LoadStep.More)
        {
            // Until it is done.
        }

        await node.CloseAsync(loader);
        return loader.Result;
    }
}
