using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>What people are told of files and pipelines is the worst that is open, and falls when it is closed.</summary>
public sealed class OpenStateTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, n int CHECK (n < 100))";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overview_WithNothingOpen_IsUpToDate()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n"));

        var overview = await OverviewAsync(bench);

        overview.Attention.ShouldBe(new Attention(0, 0, 0, 0));
        overview.Attention.Text.ShouldBeNull();
        overview.Pipelines[0].StatusReason.ShouldBe("Up to date.");
    }

    [Fact]
    public async Task Overview_WithQuarantineAndRejects_SaysSoUntilTheyAreMended()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(
            bench.Write("good.csv", "id,n\n1,1\n"), bench.Write("some.csv", "id,n\n1,1\n2,200\n"),
            bench.Write("all-bad.csv", "id,n\n1,300\n2,200\n3,x\n"),
            bench.Write("strange.csv", "first,second\n1,2\n"));

        var before = await OverviewAsync(bench);

        before.Attention.ShouldBe(
            new Attention(FilesQuarantined: 1, FilesAllRejected: 1, FilesFailed: 0, OpenRejects: 4) { RejectsOfThose = 3 });
        before.Pipelines[0].StatusReason.ShouldBe(
            "1 file quarantined · 1 file with every record rejected · 1 other open reject.");
        (before.Pipelines[0].Rejects.Open, before.Totals.OpenRejects).ShouldBe((4, 4));
        (await StatesAsync(bench)).ShouldBe(["all-bad.csv all-rejected 3", "good.csv loaded 0", "some.csv loaded-with-rejects 1",
            "strange.csv quarantined 0"]);

        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_n_check");
        await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new RejectFilter(), [bench.Pipeline],
            new OperatorAct("ann", null), Stop);
        var replayed = await OverviewAsync(bench);
        replayed.Attention.ShouldBe(new Attention(1, 0, 0, 1));
        (replayed.Pipelines[0].Rejects.Open, replayed.Totals.OpenRejects, replayed.Totals.RowsRejected).ShouldBe((1, 1, 4));
        (await StatesAsync(bench)).ShouldBe(["all-bad.csv loaded-with-rejects 1", "good.csv loaded 0", "some.csv loaded 0",
            "strange.csv quarantined 0"]);

        await bench.ExecuteAsync(
            "UPDATE corrupt_records SET status = 'ignored'; UPDATE ingest.file SET status = 'ignored' WHERE status = "
                + "'quarantined'");
        (await OverviewAsync(bench)).Attention.Level.ShouldBe("none");
        (await StatesAsync(bench))[0].ShouldBe("all-bad.csv loaded 0");
    }

    [Fact]
    public async Task Quarantine_ThatANewerVersionStandsFor_IsOpenOnlyWhileSomethingOfItIsCommitted()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", "wrong,header\n1,1\n"));
        (await OverviewAsync(bench)).Attention.FilesQuarantined.ShouldBe(1);

        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n2,2\n"));
        (await bench.RowsAsync("SELECT version, status FROM ingest.file ORDER BY 1")).ShouldBe(["1|quarantined", "2|loaded"]);
        (await OverviewAsync(bench)).Attention.FilesQuarantined.ShouldBe(0);

        // Its rows are in the table beside those of the newer version: somebody has to decide that.
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected, rows_skipped, epoch, node,
                lane, read_us, wait_us, copy_us, commit_us)
            SELECT file_id, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 'n', 1, 0, 0, 0, 0 FROM ingest.file WHERE version = 1
            """);
        (await OverviewAsync(bench)).Attention.FilesQuarantined.ShouldBe(1);
    }

    [Theory]
    [InlineData("all-rejected", "all-bad.csv")]
    [InlineData("loaded-with-rejects", "some.csv")]
    [InlineData("loaded-with-rejects,all-rejected", "all-bad.csv some.csv")]
    [InlineData("loaded", "all-bad.csv closed.csv good.csv some.csv")]
    [InlineData("quarantined,all-rejected", "all-bad.csv strange.csv")]
    public async Task Files_AreFoundByTheStateThatPeopleSee(string states, string names)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(
            bench.Write("good.csv", "id,n\n1,1\n"), bench.Write("some.csv", "id,n\n1,1\n2,200\n"),
            bench.Write("all-bad.csv", "id,n\n1,300\n"),
            bench.Write("closed.csv", "id,n\n1,300\n"), bench.Write("strange.csv", "first,second\n1,2\n"));
        await bench.ExecuteAsync("UPDATE corrupt_records SET status = 'ignored' WHERE file LIKE '%/closed.csv'");

        var found = await new FileViews(bench.Database.DataSource).ListAsync(
            new FileFilter { Statuses = states.Split(','), Sort = FileSort.Path, Descending = false }, 100, null, Stop);

        string.Join(' ', found.Items.Select(f => f.Name)).ShouldBe(names);
        found.Total.ShouldBe(found.Items.Count);
    }

    [Theory]
    [InlineData(5, 1)]    // a sum per batch
    [InlineData(60, 300)] // sums of commits
    public async Task Series_WithoutWork_HaveNoRateAndNoTimes(int minutes, int minimumStep)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n2,2\n"));
        var now = await bench.ScalarAsync<DateTime>("SELECT clock_timestamp()");

        var series = await new SeriesViews(bench.Database.DataSource).ReadAsync(
            "test", now.AddMinutes(-minutes), now.AddMinutes(1), minutes * 60 / minimumStep, Stop);

        var test = series.Pipelines["test"];
        var worked = test.Batches.Select(b => b > 0).ToArray();
        worked.Count(w => w).ShouldBe(1);
        foreach (var values in new[] { test.ProcessRate, test.BatchMs, test.ReadMs, test.WaitMs, test.CopyMs, test.CommitMs })
            values.Select(v => v is not null).ShouldBe(worked);
        test.InputRate.Where((_, i) => !worked[i]).ShouldAllBe(rate => rate == 0);
    }

    /// <summary>The overview while a silo coordinates the pipeline.</summary>
    static async Task<Overview> OverviewAsync(LoadBench bench)
    {
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET coordinated_at = clock_timestamp()");
        return await new PipelineViews(bench.Database.DataSource).OverviewAsync(Stop);
    }

    /// <summary>Name, state, open rejects of every file.</summary>
    static async Task<string[]> StatesAsync(LoadBench bench)
    {
        var files = await new FileViews(bench.Database.DataSource).ListAsync(new FileFilter
        { Sort = FileSort.Path, Descending = false }, 100, null, Stop);
        return [.. files.Items.Select(f => $"{f.Name} {f.State} {f.OpenRejects}")];
    }
}
