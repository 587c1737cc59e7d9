using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Postgres.Tests.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>G2 and G3 where they can be forced: stale claims, lost answers, claims stolen at random.</summary>
public sealed class GuaranteeTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";
    static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writer_with_an_old_epoch_commits_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(1000));
        var (zombie, heir) = (await bench.StartNodeAsync(), await bench.StartNodeAsync());
        await zombie.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var old = (await zombie.Files.ClaimAsync("test", zombie.Id, 10, null, Stop)).Single();
        // as a coordinator does that takes the zombie for dead
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ready'");
        var current = (await heir.Files.ClaimAsync("test", heir.Id, 10, null, Stop)).Single();

        (await LoadAsync(zombie, old)).Kind.ShouldBe(LoadResultKind.Fenced);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
        (await LoadAsync(heir, current)).Kind.ShouldBe(LoadResultKind.Loaded);
        (await LoadAsync(zombie, old)).Kind.ShouldBe(LoadResultKind.Fenced);

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1000);
        (await bench.ScalarAsync<int>("SELECT epoch FROM ingest.file")).ShouldBe(2);
    }

    /// <summary>All wait for one lane, which is held up: they come into one group, and one of them must not spoil it.</summary>
    [Fact]
    public async Task Files_committed_together_with_one_that_was_claimed_by_another_are_loaded_and_that_one_is_not()
    {
        const int Files = 5;
        await using var bench = await LoadBench.CreateAsync(Table, p => p.Lanes = 1);
        var paths = Enumerable.Range(0, Files + 1).Select(f => bench.Write($"{f}.csv", Lines(100, f * 100))).ToArray();
        var (zombie, heir) = (await bench.StartNodeAsync(), await bench.StartNodeAsync());
        await zombie.Files.NoteFilesAsync("test", [.. paths.Select(LoadBench.Stat)], "ready", null, Stop);
        var claims = await zombie.Files.ClaimAsync("test", zombie.Id, Files + 1, null, Stop);
        var (first, stolen) = (claims.Single(c => c.File.Path == paths[0]), claims.Single(c => c.File.Path == paths[3]));
        await bench.ExecuteAsync($"UPDATE ingest.file SET status = 'ready' WHERE file_id = {stolen.FileId}");
        var current = (await heir.Files.ClaimAsync("test", heir.Id, 1, null, Stop)).Single();
        Task<LoadResult>[] loading;
        await using (var other = new NpgsqlConnection(bench.Database.ConnectionString))
        {
            await other.OpenAsync(Stop);
            await using var hold = new NpgsqlCommand("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE", other);
            await hold.ExecuteNonQueryAsync(Stop);
            loading = [LoadAsync(zombie, first)];
            await bench.UntilAsync("the lane is held up",
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%' AND datname = "
                    + "current_database()");
            loading = [.. loading, .. claims.Where(c => c != first).Select(c => LoadAsync(zombie, c))];
            while (zombie.WaitingBatches < Files) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
        }

        (await Task.WhenAll(loading)).Count(r => r.Kind == LoadResultKind.Loaded).ShouldBe(Files);

        (await bench.RowsAsync($"SELECT file_id, status FROM ingest.file WHERE status <> 'loaded'")).ShouldBe(
            [$"{stolen.FileId}|loading"]);
        (await bench.RowsAsync(
            "SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE id > 300 AND id <= 400) FROM t")).ShouldBe(
                [$"{Files * 100}|{Files * 100}|0"]);
        (await bench.RowsAsync("SELECT count(DISTINCT xmin::text) FROM t WHERE id > 100")).ShouldBe(["1"],
            "they were not committed together: nothing is proved");
        (await LoadAsync(heir, current)).Kind.ShouldBe(LoadResultKind.Loaded);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(
            [$"{Files * 100 + 100}|{Files * 100 + 100}"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Same_epoch_under_another_owner_commits_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(10));
        var (owner, other) = (await bench.StartNodeAsync(), await bench.StartNodeAsync());
        await owner.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await owner.Files.ClaimAsync("test", owner.Id, 10, null, Stop)).Single();

        (await LoadAsync(other, claim)).Kind.ShouldBe(LoadResultKind.Fenced);

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
    }

    [Theory]
    [InlineData(2000, 3, "INSERT INTO ingest.batch")] // one batch that is the whole file
    [InlineData(100, 3, "INSERT INTO ingest.batch")]  // eleven batches
    [InlineData(100, 1, "WITH told AS")]              // the last of them, whose commit finishes the file
    public async Task Commit_whose_answer_is_lost_is_not_repeated(int batchRecords, int cuts, string statement)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = batchRecords);
        var path = bench.Write("a.csv", Lines(1000) + "bad,\n");
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts, statement);
        server.Port = proxy.Port;
        server.SslMode = SslMode.Disable;
        var node = await bench.StartNodeAsync(server.ConnectionString);
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);

        var result = await LoadAsync(node, (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());

        (result.Kind, result.Totals).ShouldBe((LoadResultKind.Loaded, new FileTotals(1000, 1, 0)), result.Reason);
        proxy.Cuts.ShouldBeGreaterThan(0, "no answer was lost, nothing is proved");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["1000|1000"]);
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["1"]);
        (await bench.RowsAsync("SELECT records_read, rows_loaded, rows_rejected FROM ingest.file")).ShouldBe(["1001|1000|1"]);
        await bench.CountsShouldAgreeAsync();
    }

    /// <summary>Loaded in the transaction of the last batch, not in one of its own.</summary>
    [Theory]
    [InlineData(2000)]
    [InlineData(100)]
    public async Task File_is_finished_by_the_commit_of_its_last_batch(int batchRecords)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => (p.BatchRecords, p.Lanes) = (batchRecords, 1));
        await bench.StartNodeAsync();

        await bench.LoadAsync(bench.Write("a.csv", Lines(1000) + "bad,\n"), bench.Write("b.csv", Lines(1000, 1000)));

        (await bench.RowsAsync(
            """
            SELECT f.status, f.rows_loaded, f.rows_rejected, f.xmin = b.xmin AS together
            FROM ingest.file f JOIN ingest.batch b ON b.file_id = f.file_id AND b.end_offset = f.size ORDER BY f.path
            """)).ShouldBe(["loaded|1000|1|True", "loaded|1000|0|True"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Claims_stolen_at_random_moments_leave_every_record_once()
    {
        const int Records = 4000;
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 20);
        var files = await new StolenClaims(bench, 42).LoadAsync(12, f => bench.Write($"{f}.csv", Lines(Records, f * Records)));

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * Records}|{files * Records}"]);
        (await bench.RowsAsync("SELECT sum(rows_loaded), bool_and(bytes_read = size) FROM ingest.file")).ShouldBe(
            [$"{files * Records}|True"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Resume_with_another_batch_size_reads_just_what_is_open()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 70);
        // gaps at the start, in the middle and at the end
        await LoadAllButAsync(bench, "n <= 140 OR n > 490 AND n <= 560 OR n > 840");
        var second = await bench.StartNodeAsync(change: p => p.BatchRecords = 33);

        var claim = (await second.Files.ClaimAsync("test", second.Id, 1, null, Stop)).Single();
        (await LoadAsync(second, claim)).Kind.ShouldBe(LoadResultKind.Loaded);

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM t")).ShouldBe(["1000|1000|500500"]);
        (await bench.RowsAsync(
            "SELECT count(*) FROM (SELECT first_record, lag(first_record + records, 1, 1::bigint) OVER (ORDER BY start_offset) "
                + "AS wanted FROM ingest.batch) b WHERE first_record <> wanted"))
            .ShouldBe(["0"]);
        (await bench.RowsAsync("SELECT sha256 = sha256(pg_read_binary_file(path)) FROM ingest.file")).ShouldBe(["True"]);
    }

    /// <summary>The range was taken from the queue before the ledger was asked where its records begin, and lost
    /// when the step ended first.</summary>
    [Fact]
    public async Task Open_range_whose_position_the_database_does_not_tell_within_a_step_is_read_later()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 70);
        var first = await LoadAllButAsync(bench, "n > 840");
        var claim = (await first.Files.ClaimAsync("test", first.Id, 1, null, Stop)).Single();
        var loader = first.OpenLoader(claim);
        await using (var other = new NpgsqlConnection(bench.Database.ConnectionString))
        {
            await other.OpenAsync(Stop);
            await using var away = new NpgsqlCommand("BEGIN; LOCK TABLE ingest.batch IN ACCESS EXCLUSIVE MODE", other);
            await away.ExecuteNonQueryAsync(Stop);

            (await loader.StepAsync(TimeSpan.FromSeconds(2), Stop)).ShouldBe(LoadStep.More);
        }

        var result = await LoadAsync(first, loader);
        result.Kind.ShouldBe(LoadResultKind.Loaded, result.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM t")).ShouldBe(["1000|1000|500500"]);
    }

    [Fact]
    public async Task File_that_changes_before_it_is_read_is_put_back_and_nothing_of_it_is_loaded()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(10));
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        File.AppendAllText(path, "11,eleven\n");

        (await LoadAsync(node, claim)).Kind.ShouldBe(LoadResultKind.PutBack);

        (await bench.RowsAsync("SELECT status, rows_loaded FROM ingest.file")).ShouldBe(["discovered|0"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_file_is_quarantined_with_a_reason_that_says_what_to_do()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var headless = bench.Write("a.csv", "name\nx\n");
        var gzip = bench.Write("b.csv", [0x1F, 0x8B, 8, 0]);
        var good = bench.Write("c.csv", Lines(3));

        var states = await bench.LoadAsync(headless, gzip, good);

        states.Select(s => s.Status).ShouldBe(["quarantined", "quarantined", "loaded"]);
        states[0].Reason!.ShouldContain("id");
        states[1].Reason!.ShouldContain("gzip: the stream is truncated in a header, so the file is incomplete: deliver it again");
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'file.quarantined'")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Empty_file_and_header_only_file_are_loaded_with_no_rows()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        var states = await bench.LoadAsync(bench.Write("a.csv", ""), bench.Write("b.csv", "id,name"),
            bench.Write("c.csv", "\uFEFFid,name\r\n"));

        states.Select(s => s.Status).ShouldAllBe(s => s == "loaded");
        (await bench.RowsAsync("SELECT records_read, bytes_read = size FROM ingest.file ORDER BY path")).ShouldBe(
            ["0|True", "0|True", "0|True"]);
    }

    /// <summary>A file of 1,000 records, as if the program had died with some batches committed and the others not.</summary>
    /// <param name="bench">Where.</param>
    /// <param name="open">Which records are open, as a condition on their number <c>n</c>.</param>
    /// <returns>The node that loaded the others.</returns>
    static async Task<IngestNode> LoadAllButAsync(LoadBench bench, string open)
    {
        var path = bench.Write("a.csv", Lines(1000));
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        await LoadAsync(node, (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());
        await bench.ExecuteAsync($"DELETE FROM t WHERE EXISTS (SELECT FROM (VALUES (id)) r (n) WHERE {open})");
        await bench.ExecuteAsync(
            $"DELETE FROM ingest.batch WHERE EXISTS (SELECT FROM (VALUES (first_record)) r (n) WHERE {open})");
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ready'");
        return node;
    }

    static string Lines(int records, int from = 0) =>
        "id,name\n" + string.Concat(Enumerable.Range(from + 1, records).Select(i => $"{i},name {i}\n"));

    static Task<LoadResult> LoadAsync(IngestNode node, FileClaim claim) => LoadAsync(node, node.OpenLoader(claim));

    static async Task<LoadResult> LoadAsync(IngestNode node, FileLoader loader)
    {
        try
        {
            while (await loader.StepAsync(Step, Stop) == LoadStep.More)
            {
                // Goes on where it ended.
            }

            return loader.Result!;
        }
        finally
        {
            await node.CloseAsync(loader);
        }
    }
}
