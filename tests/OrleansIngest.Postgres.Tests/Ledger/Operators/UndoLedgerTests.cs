using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

public sealed class UndoLedgerTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, src bigint)";
    static readonly OperatorAct Ann = new("ann", "sent by mistake");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync(string table = Table) =>
        LoadBench.CreateAsync(table, p => p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" });

    static async Task<VerbResult> UndoAsync(LoadBench bench, FileState file, bool isTrial = false) =>
        await new UndoLedger(bench.Database.DataSource).UndoAsync(file.FileId, [bench.Pipeline], Ann, isTrial, Stop);

    [Fact]
    public async Task UndoAsync_LoadedFile_TakesItsRowsOutAndKeepsTheHistory()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));
        var second = await bench.LoadAsync(bench.Write("b.csv", "id\n3\nx\n4\n"));

        var trial = await UndoAsync(bench, second.Single(), isTrial: true);
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["4"]);
        var result = await UndoAsync(bench, second.Single());

        trial.Message.ShouldBe("would be undone: 2 rows are removed from public.t, and 1 open reject closed");
        (result.Outcome, result.Status).ShouldBe((VerbOutcome.Done, "ignored"));
        result.Message.ShouldBe("is undone: 2 rows are removed from public.t, and 1 open reject closed");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2"]);
        (await bench.RowsAsync("SELECT status FROM corrupt_records")).ShouldBe(["ignored"]);
        (await bench.RowsAsync("SELECT who, detail FROM ingest.history WHERE kind = 'operator.undo'"))
            .ShouldBe(["ann|2 rows are removed from public.t, and 1 open reject closed (sent by mistake)"]);
        (await UndoAsync(bench, second.Single())).Outcome.ShouldBe(VerbOutcome.Nothing);
    }

    [Fact]
    public async Task UndoAsync_ThenReplay_LoadsTheFileFromItsFirstRecord()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id\n1\n2\n3\n");
        var file = (await bench.LoadAsync(path)).Single();
        await UndoAsync(bench, file);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("ignored");

        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replay, file.FileId, Ann, Stop);
        var again = await bench.LoadAsync(path);

        again.Single().Status.ShouldBe("loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2", "3"]);
        (await bench.RowsAsync("SELECT rows_loaded, sha256 IS NOT NULL FROM ingest.file")).ShouldBe(["3|True"]);
    }

    [Fact]
    public async Task UndoAsync_RowsDeletedMeanwhile_SaysHowManyWereLeft()
    {
        await using var bench = await BenchAsync();
        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n3\n"))).Single();
        await bench.ExecuteAsync("DELETE FROM t WHERE id = 2");

        (await UndoAsync(bench, file)).Message.ShouldBe("is undone: 2 rows of 3, all that remain, are removed from public.t");
    }

    [Fact]
    public async Task UndoAsync_RowsThatDoNotSayTheirFile_IsRefused()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"))).Single();

        var without = await UndoAsync(bench, file);
        bench.Pipeline.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        var later = await UndoAsync(bench, file);

        (without.Outcome, later.Outcome).ShouldBe((VerbOutcome.Refused, VerbOutcome.Refused));
        without.Message.ShouldContain("{fileId}");
        later.Message.ShouldContain("were loaded before the pipeline stored it");
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task UndoAsync_RowsThatOthersReferTo_LeavesEverythingAsItIs()
    {
        await using var bench = await BenchAsync(Table + "; CREATE TABLE child (id int REFERENCES t)");
        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"))).Single();
        await bench.ExecuteAsync("INSERT INTO child VALUES (1)");

        await Should.ThrowAsync<Npgsql.PostgresException>(UndoAsync(bench, file));

        (await bench.RowsAsync("SELECT status, rows_loaded FROM ingest.file")).ShouldBe(["loaded|1"]);
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task UndoAsync_TwiceAtTheSameTime_TakesTheRowsOutOnce()
    {
        await using var bench = await BenchAsync();
        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n" + string.Join('\n', Enumerable.Range(1, 5000))))).Single();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => UndoAsync(bench, file)));

        results.Count(r => r.Outcome == VerbOutcome.Done).ShouldBe(1);
        results.Count(r => r.Outcome == VerbOutcome.Nothing).ShouldBe(3);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'operator.undo'")).ShouldBe(["1"]);
    }
}
