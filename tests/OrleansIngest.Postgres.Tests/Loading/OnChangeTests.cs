using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Files whose content changes after they were loaded, by each policy of <c>onChange</c>.</summary>
public sealed class OnChangeTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, src bigint)";
    static readonly OperatorAct Ann = new("ann");

    static Task<LoadBench> BenchAsync(ChangePolicy policy, Action<PipelineOptions>? more = null) =>
        LoadBench.CreateAsync(Table, p =>
    {
        (p.OnChange, p.MaxAttempts) = (policy, 1);
        p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        more?.Invoke(p);
    });

    [Fact]
    public async Task NewVersion_AddsItsRowsToThoseOfTheOld()
    {
        await using var bench = await BenchAsync(ChangePolicy.NewVersion);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));

        await bench.LoadAsync(bench.Write("a.csv", "id\n30\n40\n50\n"));

        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2", "30", "40", "50"]);
    }

    [Fact]
    public async Task Replace_PutsItsRowsInThePlaceOfAllOlderVersions()
    {
        await using var bench = await BenchAsync(ChangePolicy.Replace, p => p.BatchRecords = 1);
        await bench.LoadAsync(bench.Write("other.csv", "id\n100\n"));
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));
        await bench.LoadAsync(bench.Write("a.csv", "id\n2\n3\nx\n"));

        var third = await bench.LoadAsync(bench.Write("a.csv", "id\n3\n4\n5\n6\n"));

        third.Single().Status.ShouldBe("loaded", third.Single().Reason);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["3", "4", "5", "6", "100"]);
        (await bench.RowsAsync("SELECT version, status, rows_loaded FROM ingest.file WHERE path LIKE '%a.csv' ORDER BY version"))
            .ShouldBe(["1|ignored|0", "2|ignored|0", "3|loaded|4"]);
        (await bench.RowsAsync("SELECT status FROM corrupt_records")).ShouldBe(["replaced"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'file.replaced'")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.stage")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Replace_RowsThatTheServerRefuses_BecomeRejects()
    {
        await using var bench = await BenchAsync(ChangePolicy.Replace);
        await bench.LoadAsync(bench.Write("other.csv", "id\n100\n"));
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));

        var second = await bench.LoadAsync(bench.Write("a.csv", "id\n1\n100\n3\n"));

        second.Single().Status.ShouldBe("loaded", second.Single().Reason);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3", "100"]);
        (await bench.RowsAsync("SELECT line, raw_record FROM corrupt_records WHERE status = 'open'")).ShouldBe(["3|100"]);
    }

    [Fact]
    public async Task Replace_FileThatCannotBeRead_LeavesTheOldRows()
    {
        await using var bench = await BenchAsync(ChangePolicy.Replace);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));

        var wrong = await bench.LoadAsync(bench.Write("a.csv", "nonsense\n1\n"));
        var empty = await bench.LoadAsync(bench.Write("a.csv", ""));

        (wrong.Single().Status, empty.Single().Status).ShouldBe(("quarantined", "quarantined"));
        empty.Single().Reason!.ShouldContain("onChange: replace");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Replace_RowsFromBeforeTheColumnWasKept_FailsAndSaysSo()
    {
        await using var bench = await BenchAsync(ChangePolicy.Replace);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await bench.ExecuteAsync("UPDATE t SET src = NULL");

        var second = await bench.LoadAsync(bench.Write("a.csv", "id\n2\n3\n"));

        second.Single().Status.ShouldBe("quarantined");
        second.Single().Reason!.ShouldContain("were loaded before the pipeline stored it");
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Replace_AReaderNeverSeesBothNorNeither()
    {
        await using var bench = await BenchAsync(ChangePolicy.Replace, p => p.BatchRecords = 500);
        string Rows(int version) => "id\n" + string.Join('\n', Enumerable.Range(version * 1_000_000, 5_000));
        await bench.LoadAsync(bench.Write("a.csv", Rows(1)));
        using var over = new CancellationTokenSource();
        var seen = Task.Run(async () =>
        {
            var states = new HashSet<string>();
            while (!over.IsCancellationRequested)
                states.Add((await bench.RowsAsync("SELECT count(*), count(DISTINCT src) FROM t"))[0]);
            return states;
        });

        for (var version = 2; version <= 4; version++)
            (await bench.LoadAsync(bench.Write("a.csv", Rows(version) + "\n"))).Single().Status.ShouldBe("loaded");
        await over.CancelAsync();

        (await seen).ShouldBe(["5000|1"]);
    }

    [Fact]
    public async Task Quarantine_HoldsTheFileUntilItIsRetried()
    {
        await using var bench = await BenchAsync(ChangePolicy.Quarantine);
        var path = bench.Write("a.csv", "id\n1\n");
        await bench.LoadAsync(path);

        var held = (await bench.LoadAsync(bench.Write("a.csv", "id\n2\n3\n"))).Single();
        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Retry, held.FileId, Ann,
            TestContext.Current.CancellationToken);
        var retried = await bench.LoadAsync(path);

        held.Status.ShouldBe("quarantined");
        held.Reason!.ShouldContain("version 1");
        retried.Single().Status.ShouldBe("loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task Quarantine_OlderVersionOfWhichNothingIsInTheTable_HoldsNothing()
    {
        await using var bench = await BenchAsync(ChangePolicy.Quarantine);
        await bench.LoadAsync(bench.Write("a.csv", "nonsense\n1\n"));

        (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"))).Single().Status.ShouldBe("loaded");
    }
}
