using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>The same delivery twice, under one path.</summary>
public sealed class SameContentTests
{
    const string Table = "CREATE TABLE t (id int)";
    const string Content = "id\n1\n2\n";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Touched_file_is_skipped_each_time_and_names_the_version_that_is_loaded()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Content);
        await bench.LoadAsync(path);

        for (var day = 1; day <= 2; day++)
        {
            Touch(path, day);
            var state = (await bench.LoadAsync(path)).Single();

            (state.Status, state.IsRepeat, state.WasHandled).ShouldBe(("ignored", true, true));
            state.Reason!.ShouldStartWith("same content as version 1, loaded 20");
            state.Reason!.ShouldContain("load --again");
            (await bench.LoadAsync(path)).Single().WasHandled.ShouldBeFalse("what is settled is not read again");
        }

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(2);
        (await bench.RowsAsync(
            "SELECT version, status, same_as, epoch, sha256 = (SELECT sha256 FROM ingest.file WHERE version = 1) FROM "
                + "ingest.file ORDER BY 1"))
            .ShouldBe(["1|loaded|NULL|1|True", "2|ignored|1|2|True"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'file.repeated' AND file_id = 2")).ShouldBe(
            ["2"]);
        var known = await (await bench.StartNodeAsync()).Files.KnownFilesAsync("test", null, Stop);
        known.Single().IsSameStateAs(LoadBench.Stat(path)).ShouldBeTrue("discovery would report it after each restart");
        var row = await new FileViews(bench.Database.DataSource).FindAsync(new FileId(2), Stop);
        (row!.SameAs, row.SameAsPath).ShouldBe((1, path));
        row.Actions.ShouldContain("replay");
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Other_content_of_the_same_size_is_loaded_and_so_is_the_first_when_it_comes_back()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Content);
        await bench.LoadAsync(path);
        bench.Write("a.csv", "id\n3\n4\n");
        Touch(path, 1);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        bench.Write("a.csv", Content);
        Touch(path, 2);

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT version, same_as FROM ingest.file ORDER BY 1")).ShouldBe(["1|NULL", "2|NULL", "3|1"]);
        (await bench.ScalarAsync<long>("SELECT sum(id) FROM t")).ShouldBe(1 + 2 + 3 + 4 + 1 + 2);
    }

    [Fact]
    public async Task Skipped_file_that_gets_other_content_is_loaded_as_the_version_that_was_skipped()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Content);
        await bench.LoadAsync(path);
        Touch(path, 1);
        await bench.LoadAsync(path);
        bench.Write("a.csv", "id\n5\n6\n7\n");

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT version, status, same_as FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|loaded|NULL", "2|loaded|NULL"]);
        (await bench.ScalarAsync<long>("SELECT sum(id) FROM t")).ShouldBe(1 + 2 + 5 + 6 + 7);
    }

    [Fact]
    public async Task Touch_of_a_file_that_was_quarantined_is_a_new_try()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "nonsense\n1\n");
        var node = await bench.StartNodeAsync();
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("quarantined");
        await bench.EndNodeAsync(node);
        await bench.ExecuteAsync("ALTER TABLE t ADD nonsense int");
        Touch(path, 1);

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        (await bench.RowsAsync("SELECT version, status, same_as FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|quarantined|NULL", "2|loaded|NULL"]);
    }

    [Fact]
    public async Task File_that_is_loaded_in_part_goes_on_without_a_question()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        var path = bench.Write("a.csv", Lines(1000, 0));
        await bench.LoadAsync(path);
        bench.Write("a.csv", Lines(1000, 1000));
        Touch(path, 1);
        await bench.LoadAsync(path);
        // As if the program had died in the middle, and the file been given its first content again since: what is committed of a
        // version goes on as it began.
        await bench.ExecuteAsync(
            "DELETE FROM ingest.batch WHERE file_id = 2 AND first_record > 500; DELETE FROM t WHERE id > 1500");
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ready' WHERE file_id = 2");

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["2000|2000"]);
    }

    [Fact]
    public async Task Replay_again_loads_a_repeat_and_a_loaded_file_once_more()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Content);
        await bench.LoadAsync(path);
        Touch(path, 1);
        await bench.LoadAsync(path);
        var operators = new OperatorLedger(bench.Database.DataSource);
        var act = new OperatorAct("ann@here");

        (await operators.ApplyAsync(FileVerb.Replay, new FileId(2), act, Stop)).Outcome.ShouldBe(VerbOutcome.Refused);
        (await operators.ApplyAsync(FileVerb.Replay, new FileId(2), act, Stop, again: true)).Outcome.ShouldBe(VerbOutcome.Done);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        (await operators.ApplyAsync(FileVerb.Replay, new FileId(2), act, Stop, again: true)).Outcome.ShouldBe(VerbOutcome.Done);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT version, status, same_as FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|loaded|NULL", "2|loaded|1", "3|loaded|1"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(6);
        Touch(path, 2);
        (await bench.LoadAsync(path)).Single().IsRepeat.ShouldBeTrue("an operator's word is of one version");
    }

    /// <summary>Larger than what is hashed in one piece, in steps that end after each.</summary>
    [Fact]
    public async Task Large_file_is_hashed_over_many_steps_and_a_claim_that_was_lost_meanwhile_says_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(3_000_000, 0));
        await bench.LoadAsync(path);
        var (zombie, heir) = (await bench.StartNodeAsync(), await bench.StartNodeAsync());
        var lost = await HashedInPartAsync(zombie, path);
        var file = lost.Claim.FileId;
        await bench.ExecuteAsync($"UPDATE ingest.file SET status = 'ready' WHERE file_id = {file}");
        var claim = (await heir.Files.ClaimAsync("test", heir.Id, 1, null, Stop)).Single();

        (await EndAsync(zombie, lost)).Kind.ShouldBe(LoadResultKind.Fenced);
        (await bench.RowsAsync($"SELECT status, epoch, same_as FROM ingest.file WHERE file_id = {file}")).ShouldBe(
            [$"loading|{claim.Epoch}|NULL"]);
        (await EndAsync(heir, heir.OpenLoader(claim))).Kind.ShouldBe(LoadResultKind.Skipped);

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(3_000_000);
    }

    [Fact]
    public async Task File_that_changes_while_it_is_hashed_settles_anew()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Lines(3_000_000, 0));
        await bench.LoadAsync(path);
        var node = await bench.StartNodeAsync();
        var loader = await HashedInPartAsync(node, path);
        Touch(path, 100);

        (await EndAsync(node, loader)).Kind.ShouldBe(LoadResultKind.PutBack);

        (await bench.RowsAsync($"SELECT status FROM ingest.file WHERE file_id = {loader.Claim.FileId}")).ShouldBe(["discovered"]);
        (await bench.LoadAsync(path)).Single().IsRepeat.ShouldBeTrue();
    }

    /// <summary>A loader that has hashed a part of the file. A step may take longer than it should, and hash all of it: then
    /// another version is tried.</summary>
    static async Task<FileLoader> HashedInPartAsync(IngestNode node, string path)
    {
        for (var version = 1; ; version++)
        {
            Touch(path, version);
            await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
            var loader = node.OpenLoader((await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());
            if (await loader.StepAsync(TimeSpan.FromMilliseconds(5), Stop) == LoadStep.More) return loader;
            await node.CloseAsync(loader);
        }
    }

    internal static void Touch(string path, int days) =>
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(days));

    internal static string Lines(int records, int from) =>
        "id\n" + string.Concat(Enumerable.Range(from + 1, records).Select(i => $"{i:0000000}\n"));

    internal static async Task<LoadResult> EndAsync(IngestNode node, FileLoader loader)
    {
        while (await loader.StepAsync(TimeSpan.FromMilliseconds(20), Stop) == LoadStep.More)
        {
            // The next step resumes.
        }

        await node.CloseAsync(loader);
        return loader.Result!;
    }
}
