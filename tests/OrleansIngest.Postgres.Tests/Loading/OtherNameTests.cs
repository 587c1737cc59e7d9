using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>The same content under another name: loaded or skipped, as the pipeline says, and noted either way.</summary>
public sealed class OtherNameTests
{
    const string Table = "CREATE TABLE t (id int)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotated_file_is_loaded_by_default_and_notes_the_other_name()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        foreach (var records in new[] { 5, 50 }) // one batch, and several
        {
            var path = bench.Write("orders.csv", SameContentTests.Lines(records, 0));
            var id = (await bench.LoadAsync(path)).Single().FileId;
            File.Move(path, path + ".1", overwrite: true);

            var rotated = (await bench.LoadAsync(path + ".1")).Single();

            (rotated.Status, rotated.SameAs).ShouldBe(("loaded", id));
            (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(2 * records);
            await bench.ExecuteAsync("TRUNCATE t");
        }
    }

    /// <summary>A load of 5,000 files asked for all pairs of them, and ended with the time-out of its last question.</summary>
    [Fact]
    public async Task Repeats_of_many_files_are_looked_up_once_for_each_file()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var paths = Enumerable.Range(1, 30).Select(i => bench.Write($"{i}.csv", $"id\n{i}\n")).ToArray();
        var files = (await bench.LoadAsync(paths)).Select(s => s.FileId).ToArray();
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using (var count = new NpgsqlCommand("SET track_functions = 'all'", connection))
            await count.ExecuteNonQueryAsync(Stop);

        await using var question = new NpgsqlCommand(ContentLedger.Repeated, connection)
        { Parameters = { new() { Value = files.Select(id => id.Value).ToArray() } } };
        await using var calls = new NpgsqlCommand(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname = 'same_content'", connection);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using (var reader = await question.ExecuteReaderAsync(Stop))
            (await reader.ReadAsync(Stop)).ShouldBeFalse("no two are the same");
        Convert.ToInt64(await calls.ExecuteScalarAsync(Stop),
            System.Globalization.CultureInfo.InvariantCulture).ShouldBe(files.Length);
    }

    [Fact]
    public async Task Copies_that_are_loaded_together_are_noted_whoever_commits_first()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.Lanes = 4);
        var paths = Enumerable.Range(0,
            40).Select(i => bench.Write($"{i}.csv", SameContentTests.Lines(10, i / 4 * 10))).ToArray();

        var states = await bench.LoadAsync(paths);

        var repeated = await new ContentLedger(bench.Database.DataSource).RepeatedAsync([.. states.Select(s => s.FileId)], Stop);
        repeated.Count.ShouldBe(30, "of each four copies one was the first");
        var page = await new FileViews(bench.Database.DataSource).ListAsync(new FileFilter(), 100, null, Stop);
        page.Items.Count(f => f.SameAsPath is not null).ShouldBe(30);
    }

    [Fact]
    public async Task Other_pipelines_and_empty_files_are_no_repeats()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.SameContent = SameContentPolicy.Skip);
        await bench.LoadAsync(bench.Write("a.csv", ""), bench.Write("b.csv", ""));
        var path = bench.Write("c.csv", "id\n1\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync(
            "INSERT INTO ingest.pipeline (name, config) VALUES ('other', '{}'); UPDATE ingest.file SET pipeline = 'other'");

        (await bench.LoadAsync(bench.Write("d.csv", "id\n1\n"))).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT status, same_as FROM ingest.file GROUP BY 1, 2")).ShouldBe(["loaded|NULL"]);
    }

    [Fact]
    public async Task Skip_leaves_out_a_copy_and_names_the_file()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.SameContent = SameContentPolicy.Skip);
        var first = bench.Write("a.csv", "id\n1\n");
        await bench.LoadAsync(first);

        var states = await bench.LoadAsync(bench.Write("b.csv", "id\n1\n"), bench.Write("c.csv", "id\n2\n"),
            bench.Write("d.csv", "id\n33\n"));

        states.Select(s => s.Status).ShouldBe(["ignored", "loaded", "loaded"]);
        states[0].Reason!.ShouldStartWith($"same content as {first} (file 1), loaded 20");
        (await bench.ScalarAsync<long>("SELECT sum(id) FROM t")).ShouldBe(1 + 2 + 33);
    }

    [Fact]
    public async Task Admission_is_given_to_one_file_and_passes_on_when_that_one_has_brought_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.SameContent = SameContentPolicy.Skip);
        string[] paths = [bench.Write("a.csv", "id\n1\n"), bench.Write("b.csv", "id\n1\n"), bench.Write("c.csv", "id\n2\n")];
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [.. paths.Select(LoadBench.Stat)], "ready", null, Stop);
        var claims = (await node.Files.ClaimAsync("test", node.Id, 3, null, Stop)).ToDictionary(
            c => Path.GetFileName(c.File.Path)[0]);
        var contents = new ContentLedger(bench.Database.DataSource);
        byte[] one = [1], two = [2];

        (await contents.AdmitAsync(claims['a'], null, Stop)).Admission.ShouldBe(Admission.Go, "nothing else has its size");
        (await contents.AdmitAsync(claims['a'], null, Stop)).Admission.ShouldBe(Admission.Go, "the answer may have been lost");
        (await contents.AdmitAsync(claims['b'], null, Stop)).Admission.ShouldBe(Admission.Hash);
        (await contents.AdmitAsync(claims['b'], one, Stop)).ShouldBe((Admission.Wait, claims['a'].FileId));
        (await contents.AdmitAsync(claims['c'], two, Stop)).Admission.ShouldBe(Admission.Wait,
            "what a.csv holds is not known yet");

        await bench.ExecuteAsync($"UPDATE ingest.file SET status = 'ready' WHERE file_id = {claims['a'].FileId}");
        (await contents.AdmitAsync(claims['a'], null, Stop)).Admission.ShouldBe(Admission.Fenced);
        (await contents.AdmitAsync(claims['b'], one, Stop)).Admission.ShouldBe(Admission.Go);
        (await contents.AdmitAsync(claims['c'], two, Stop)).Admission.ShouldBe(Admission.Go, "b.csv has another content");
        var again = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        (await contents.AdmitAsync(again, one, Stop)).ShouldBe((Admission.Wait, claims['b'].FileId));

        // A part of b.csv is committed: it keeps its right.
        await bench.ExecuteAsync(
            $"INSERT INTO ingest.batch SELECT {claims['b'].FileId}, 0, 3, 1, 1, 0, 1, 0, 0, 0, 1, 'n', 1, 0, 0, 0, 0; UPDATE "
                + $"ingest.file SET status = 'ready' WHERE file_id = {claims['b'].FileId}");
        (await contents.AdmitAsync(again, one, Stop)).ShouldBe((Admission.Later, claims['b'].FileId));
        await bench.ExecuteAsync($"UPDATE ingest.file SET status = 'quarantined' WHERE file_id = {claims['b'].FileId}");
        (await contents.AdmitAsync(again, one, Stop)).Admission.ShouldBe(Admission.Go, "an operator decides on b.csv");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Of_copies_that_two_nodes_have_while_claims_are_stolen_exactly_one_is_loaded(int seed)
    {
        const int Contents = 6, Copies = 4, Records = 400;
        await using var bench = await LoadBench.CreateAsync(Table,
            p => (p.BatchRecords, p.SameContent) = (20, SameContentPolicy.Skip));
        var claims = new StolenClaims(bench, seed) { Nodes = 2, ClaimsAtOnce = 8, LongestPause = 20, Rounds = 40 };
        string Write(int file) => bench.Write($"{file}.csv", SameContentTests.Lines(Records, Content(file) * Records));
        static int Content(int file) => file / (Contents * Copies) * Contents + file % Contents;
        var contents = await claims.LoadAsync(Contents * Copies, Write) / Copies;

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(
            [$"{contents * Records}|{contents * Records}"]);
        (await bench.RowsAsync("SELECT status, count(*), count(DISTINCT sha256) FROM ingest.file GROUP BY 1 ORDER BY 1"))
            .ShouldBe([$"ignored|{contents * (Copies - 1)}|{contents}", $"loaded|{contents}|{contents}"]);
        (await bench.RowsAsync(
            "SELECT count(*) FROM ingest.file f JOIN ingest.file s ON s.file_id = f.same_as WHERE s.status <> 'loaded' OR "
                + "s.sha256 <> f.sha256")).ShouldBe(["0"]);
        await bench.CountsShouldAgreeAsync();
    }
}
