using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>G4: a file that changes in the middle of its load.</summary>
public sealed class ChangedFileTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_that_changes_in_mid_load_is_quarantined_and_says_which_rows_are_in_the_table()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL, name text)",
            p => p.BatchRecords = 20);
        var path = bench.Write("a.csv", "id,name\n" + string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i},name {i}\n")));
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        var loader = node.OpenLoader(claim);
        while (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch") == 0)
            (await loader.StepAsync(TimeSpan.FromMilliseconds(1), Stop)).ShouldBe(LoadStep.More,
                "all of it was loaded before it could change");
        File.AppendAllText(path, "100001,more\n");

        while (await loader.StepAsync(TimeSpan.FromSeconds(30), Stop) == LoadStep.More)
        {
            // Goes on where it ended.
        }

        await node.CloseAsync(loader);
        loader.Result!.Kind.ShouldBe(LoadResultKind.Quarantined);
        var rows = await bench.ScalarAsync<long>("SELECT count(*) FROM t");
        var reason = await bench.ScalarAsync<string>("SELECT reason FROM ingest.file");
        reason.ShouldContain("changed while it was being loaded");
        reason.ShouldContain("Committed: records 1 to");
        reason.ShouldContain(FormattableString.Invariant($"{rows:N0} rows are in the table"));
        (await bench.ScalarAsync<long>("SELECT sum(rows_loaded)::bigint FROM ingest.batch")).ShouldBe(rows);

        var operators = new OperatorLedger(bench.Database.DataSource);
        await bench.LoadAsync(path); // its new state, as a new version
        var replay = await operators.ApplyAsync(FileVerb.Replay, claim.FileId, new OperatorAct("ann@here"), Stop);

        replay.Outcome.ShouldBe(VerbOutcome.Refused);
        replay.Message.ShouldContain("version 2");
        replay.Message.ShouldContain(FormattableString.Invariant($"{rows:N0} rows of it are in the table already"));
        (await bench.RowsAsync("SELECT version, status FROM ingest.file ORDER BY 1")).ShouldBe(["1|quarantined", "2|loaded"]);
        (await operators.ApplyAsync(FileVerb.Skip, claim.FileId, new OperatorAct("ann@here", "seen"), Stop)).Outcome.ShouldBe(
            VerbOutcome.Done);
    }
}
