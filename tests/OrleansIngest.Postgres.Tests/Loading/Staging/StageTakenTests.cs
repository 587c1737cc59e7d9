using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading.Staging;

/// <summary>Stages whose owners, answers, pipelines and files get lost.</summary>
public sealed class StageTakenTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? change = null) =>
        LoadBench.CreateAsync("CREATE TABLE t (id int CHECK (id <> 13), v int)", p =>
    {
        p.WholeFile = true;
        p.BatchRecords = 100;
        change?.Invoke(p);
    });

    static string Content(int rows, int from = 1)
    {
        var text = new StringBuilder("id,v\n");
        for (var i = from; i < from + rows; i++) text.Append(CultureInfo.InvariantCulture, $"{i},1\n");
        return text.ToString();
    }

    /// <summary>Loads until as many batches as said are committed, and gives the file back.</summary>
    static async Task<FileClaim> LoadPartlyAsync(LoadBench bench, string path, int batches)
    {
        await bench.ExecuteAsync(
            $"""
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF (SELECT count(*) FROM ingest.batch) > {batches} THEN
                RAISE EXCEPTION 'held' USING ERRCODE = 'P0001'; END IF; RETURN NULL; END $$;
            CREATE TRIGGER hold AFTER INSERT ON ingest.batch FOR EACH STATEMENT EXECUTE FUNCTION hold();
            """);
        var node = await bench.StartNodeAsync(change: p => (p.Lanes, p.BatchRecords) = (1, 100));
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        await using (var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance))
        {
            await workers.StartAsync([claim], Stop);
            await workers.WhenIdleAsync();
        }

        await bench.EndNodeAsync(node);
        await bench.ExecuteAsync(
            "DROP TRIGGER hold ON ingest.batch; DROP FUNCTION hold; UPDATE ingest.file SET next_attempt_at = NULL");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBeGreaterThan(0);
        (await bench.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("failed");
        return claim;
    }

    [Theory]
    [InlineData("INSERT INTO ingest.batch")]
    [InlineData("DELETE FROM ingest.stage")]
    public async Task Load_AnswerOfACommitIsLost_LoadsOnce(string statement)
    {
        await using var bench = await BenchAsync(p => p.Write = WriteMode.ReplaceTable);
        await bench.ExecuteAsync("INSERT INTO t VALUES (0, 0)");
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts: 2, statement);
        server.Port = proxy.Port;
        server.SslMode = SslMode.Disable;
        await bench.StartNodeAsync(server.ConnectionString);

        var state = (await bench.LoadAsync(bench.Write("a.csv", Content(1000)))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        proxy.Cuts.ShouldBeGreaterThan(0, "no answer was lost, nothing is proved");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), min(id) FROM t")).ShouldBe(["999|999|1"]);
        (await bench.RowsAsync("SELECT raw_record FROM corrupt_records")).ShouldBe(["13,1"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_ClaimsStolenAtRandomMoments_LeavesEveryRecordOnceAndFilesWhole()
    {
        const int Records = 3000;
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, v int)",
            p => (p.WholeFile, p.BatchRecords) = (true, 30));
        var claims = new StolenClaims(bench, 43)
        {
            LongestPause = 60,
            Look = async () =>
                (await bench.RowsAsync($"SELECT id / {Records} FROM t GROUP BY 1 HAVING count(*) <> {Records}")).ShouldBeEmpty(),
        };
        var files = await claims.LoadAsync(8, f => bench.Write($"{f}.csv", Content(Records, f * Records)));

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * Records}|{files * Records}"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM corrupt_records")).ShouldBe(0);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_FileThatFailedHalfway_GoesOnWithItsStage()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", Content(1000));
        await LoadPartlyAsync(bench, path, 4);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.ScalarAsync<long>("SELECT last_value FROM ingest.stage_number")).ShouldBe(1);
        (await bench.RowsAsync("SELECT count(DISTINCT epoch) FROM ingest.batch")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["999|999"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_PipelineNoLongerAsksForWholeFiles_BeginsTheFileFromItsStart()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", Content(1000));
        await LoadPartlyAsync(bench, path, 4);

        bench.Pipeline.WholeFile = false;
        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["999|999"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected FROM ingest.file")).ShouldBe(["999|1"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_PipelineBeginsToAskForWholeFiles_RefusesAFileThatIsPartlyLoaded()
    {
        await using var bench = await BenchAsync(p => p.WholeFile = false);
        var path = bench.Write("a.csv", Content(1000));
        await LoadPartlyAsync(bench, path, 4);
        var before = await bench.ScalarAsync<long>("SELECT count(*) FROM t");

        bench.Pipeline.WholeFile = true;
        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("a part of it was loaded before the pipeline required whole files");
        state.Reason.ShouldContain("Committed: records 1 to ");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(before);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Replay_RejectsOfAFileInItsStage_AreNotTaken()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,v\nx,1\n" + Content(1000)[5..]);
        await LoadPartlyAsync(bench, path, 4);
        (await bench.RowsAsync("SELECT status, raw_record FROM corrupt_records")).ShouldBe(["open|x,1"]);
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = '5000,1'");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], new OperatorAct("test"), Stop);

        result.Replayed.ShouldBe(0);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new RejectFilter(),
            [bench.Pipeline], new OperatorAct("test"), Stop);
        result.Replayed.ShouldBe(1);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1000);
    }

    [Theory]
    [InlineData(FileVerb.Skip)]
    [InlineData(FileVerb.Quarantine)]
    public async Task Operator_GivesAFileUpHalfway_LeavesNothingOfItAndSaysSo(FileVerb verb)
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", Content(1000));
        var claim = await LoadPartlyAsync(bench, path, 4);

        var said = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(verb, claim.FileId,
            new OperatorAct("test"), Stop);

        said.Message.ShouldBe(verb == FileVerb.Skip ? "is skipped" : "is quarantined");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBe(0);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.stage")).ShouldBe(0);
        await bench.CountsShouldAgreeAsync();
        await StageLedger.SweepAsync(bench.Database.DataSource, Stop);
        (await bench.RowsAsync(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'ingest_stage'::regnamespace")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_FileGoneHalfway_VanishesWithItsStage()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", Content(1000));
        var claimed = await LoadPartlyAsync(bench, path, 4);
        File.Delete(path);
        var node = await bench.StartNodeAsync();
        await node.Files.MakeReadyAsync([claimed.FileId], Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();

        await using (var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance))
        {
            await workers.StartAsync([claim], Stop);
            await workers.WhenIdleAsync();
        }

        (await bench.RowsAsync("SELECT status, reason FROM ingest.file")).ShouldBe(["vanished|the file is gone"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBe(0);
    }
}
