using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

public sealed class OperatorLedgerTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";
    static readonly OperatorAct Ann = new("ann@here", "the test");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quarantine_of_a_file_in_work_fences_its_loader_and_retry_loads_just_the_rest()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        var (node, claim) = await ClaimedAsync(bench, 20_000);
        var operators = new OperatorLedger(bench.Database.DataSource);
        var loader = node.OpenLoader(claim);
        var load = Task.Run(async () =>
        {
            while (await loader.StepAsync(TimeSpan.FromSeconds(1), Stop)
            == LoadStep.More) { }
        }, Stop);
        await bench.UntilAsync("something is committed", "SELECT count(*) > 0 FROM ingest.batch");

        var quarantine = await operators.ApplyAsync(FileVerb.Quarantine, claim.FileId, Ann, Stop);
        var committed = await bench.ScalarAsync<long>("SELECT sum(rows_loaded)::bigint FROM ingest.batch");
        await load;
        await node.CloseAsync(loader);

        quarantine.Outcome.ShouldBe(VerbOutcome.Done, quarantine.Message);
        quarantine.Message.ShouldContain("stay there");
        loader.Result!.Kind.ShouldBe(LoadResultKind.Fenced);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(committed,
            "nothing is committed after the operator's word");
        committed.ShouldBeLessThan(20_000, "the loader was done before the operator spoke, nothing is proved");

        (await operators.ApplyAsync(FileVerb.Retry, claim.FileId, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        var again = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        again.Committed.Sum(r => r.Length).ShouldBeGreaterThan(0);
        await using (var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance))
        {
            await workers.StartAsync([again], Stop);
            await workers.WhenIdleAsync();
        }

        (await bench.RowsAsync("SELECT status, rows_loaded, reason FROM ingest.file")).ShouldBe(["loaded|20000|NULL"]);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["20000|20000"]);
        (await bench.RowsAsync(
            "SELECT kind, who, detail LIKE '%(the test)' FROM ingest.history WHERE kind LIKE 'operator.%' ORDER BY history_id"))
            .ShouldBe(["operator.quarantine|ann@here|True", "operator.retry|ann@here|True"]);
    }

    [Fact]
    public async Task Verbs_at_random_moments_leave_every_record_once()
    {
        const int Records = 6000;
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 5);
        IngestNode[] nodes = [await bench.StartNodeAsync(), await bench.StartNodeAsync()];
        var workers = nodes.Select(n => new TaskFileWorkers(n, NullLoggerFactory.Instance)).ToArray();
        var operators = new OperatorLedger(bench.Database.DataSource);
        var random = new Random(7);
        var (files, fenced, rounds) = (0, 0, 0);
        while (true)
        {
            if (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE status = 'loaded'") == files)
            {
                // Too few verbs that met a file in work prove nothing.
                if (files > 0 && fenced > 3) break;
                var paths = Enumerable.Range(files,
                    10).Select(f => bench.Write($"{f}.csv", Lines(Records, f * Records))).ToArray();
                await nodes[0].Files.NoteFilesAsync("test", [.. paths.Select(LoadBench.Stat)], "ready", null, Stop);
                files += paths.Length;
            }

            (++rounds).ShouldBeLessThan(5000,
                string.Join('\n', await bench.RowsAsync("SELECT file_id, status, reason, error, epoch FROM ingest.file")));
            foreach (var row in await bench.RowsAsync("SELECT file_id, status FROM ingest.file WHERE status <> 'loaded'"))
            {
                if (random.Next(2) == 0) continue;
                var (file, status) = (FileId.Parse(row.Split('|')[0]), row.Split('|')[1]);
                var verb = status != "loading" ? FileVerb.Replay : random.Next(2) == 0 ? FileVerb.Skip : FileVerb.Quarantine;
                var result = await operators.ApplyAsync(verb, file, Ann, Stop);
                if (result.Outcome == VerbOutcome.Done && status == "loading") fenced++;
            }

            var node = random.Next(nodes.Length);
            await workers[node].StartAsync(await nodes[node].Files.ClaimAsync("test", nodes[node].Id, 3, null, Stop), Stop);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 20)), TimeProvider.System, Stop);
        }

        foreach (var worker in workers) await worker.DisposeAsync();
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * Records}|{files * Records}"]);
        (await bench.RowsAsync("SELECT sum(rows_loaded), bool_and(bytes_read = size) FROM ingest.file")).ShouldBe(
            [$"{files * Records}|True"]);
    }

    [Fact]
    public async Task Skipped_file_is_never_loaded_whatever_discovery_says_until_it_is_replayed()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(10));
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var file = (await new OperatorLedger(bench.Database.DataSource).FindAsync(path, null, Stop)).Single().File;
        var operators = new OperatorLedger(bench.Database.DataSource);

        (await operators.ApplyAsync(FileVerb.Skip, file, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        (await operators.ApplyAsync(FileVerb.Skip, file, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Nothing);
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop); // as after a restart
        await node.Files.NoteVanishedAsync("test", [path], Stop);
        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT status, version, reason FROM ingest.file")).ShouldBe(
            ["ignored|1|skip by ann@here: the test"]);
        (await node.Files.KnownFilesAsync("test", null, Stop)).Single().Path.ShouldBe(path);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.history WHERE kind = 'operator.skip'")).ShouldBe(1);

        (await operators.ApplyAsync(FileVerb.Replay, file, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        await bench.LoadAsync(path);
        (await bench.RowsAsync("SELECT status, version FROM ingest.file")).ShouldBe(["loaded|1"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(10);
    }

    [Fact]
    public async Task Changed_content_under_the_path_of_a_skipped_file_is_a_new_version_and_loads()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(10));
        await using var workers = new TaskFileWorkers(await bench.StartNodeAsync(), NullLoggerFactory.Instance);
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var operators = new OperatorLedger(bench.Database.DataSource);
        var file = (await operators.FindAsync(path, "test", Stop)).Single().File;
        await operators.ApplyAsync(FileVerb.Skip, file, Ann, Stop);

        bench.Write("a.csv", Lines(11));
        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT version, status, rows_loaded FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|ignored|0", "2|loaded|11"]);
    }

    [Fact]
    public async Task Loaded_file_is_loaded_once_more_only_when_told_that_its_rows_will_be_there_twice()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(10));
        var file = (await bench.LoadAsync(path)).Single().FileId;
        var operators = new OperatorLedger(bench.Database.DataSource);

        var refused = await operators.ApplyAsync(FileVerb.Replay, file, Ann, Stop);
        var again = await operators.ApplyAsync(FileVerb.Replay, file, Ann, Stop, again: true);
        var nothing = await operators.ApplyAsync(FileVerb.Replay, file, Ann, Stop, again: true);
        await bench.LoadAsync(path);

        (refused.Outcome, again.Outcome, nothing.Outcome).ShouldBe((VerbOutcome.Refused, VerbOutcome.Done, VerbOutcome.Nothing));
        again.FileId.ShouldNotBe(file);
        (await bench.RowsAsync("SELECT version, status, rows_loaded FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|loaded|10", "2|loaded|10"]);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["20|10"]);
        (await bench.RowsAsync("SELECT kind FROM ingest.history WHERE kind LIKE 'operator.%'")).ShouldBe(["operator.replay"]);
    }

    [Fact]
    public async Task Retry_gives_a_quarantined_file_its_attempts_back()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE other (id int)", p => p.MaxAttempts = 1);
        var path = bench.Write("a.csv", Lines(3));
        var file = (await bench.LoadAsync(path)).Single();
        file.Status.ShouldBe("quarantined", file.Reason);
        await bench.ExecuteAsync(Table);

        var retry = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Retry, file.FileId, Ann, Stop);
        var states = await bench.LoadAsync(path);

        retry.Outcome.ShouldBe(VerbOutcome.Done, retry.Message);
        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT attempts FROM ingest.file")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Unknown_file_is_said_to_be_unknown()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        var result = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Skip, new FileId(404), Ann, Stop);

        (result.Outcome, result.FileId).ShouldBe((VerbOutcome.Unknown, null));
    }

    [Fact]
    public async Task Pause_is_noted_once_with_who_and_why_and_so_is_its_end()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.StartNodeAsync(); // notes the pipeline
        var operators = new OperatorLedger(bench.Database.DataSource);

        (await operators.PauseAsync("test", Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        (await operators.PauseAsync("test", new OperatorAct("bob"), Stop)).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(VerbOutcome.Nothing), r => r.Message.ShouldContain("ann@here"));
        (await bench.RowsAsync("SELECT paused, paused_by, paused_reason, paused_at IS NOT NULL FROM ingest.pipeline")).ShouldBe(
            ["True|ann@here|the test|True"]);
        (await operators.ResumeAsync("test", Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        (await operators.ResumeAsync("test", Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Nothing);
        (await operators.PauseAsync("nonesuch", Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Unknown);

        (await bench.RowsAsync("SELECT paused, paused_by FROM ingest.pipeline")).ShouldBe(["False|NULL"]);
        (await bench.RowsAsync("SELECT kind, who, detail FROM ingest.history ORDER BY 1"))
            .ShouldBe(["operator.pause|ann@here|the test", "operator.resume|ann@here|the test"]);
    }

    static async Task<(IngestNode Node, FileClaim Claim)> ClaimedAsync(LoadBench bench, int records)
    {
        var path = bench.Write("a.csv", Lines(records));
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        return (node, (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());
    }

    static string Lines(int records, int from = 0) =>
        "id,name\n" + string.Concat(Enumerable.Range(from + 1, records).Select(i => $"{i},name {i}\n"));
}
