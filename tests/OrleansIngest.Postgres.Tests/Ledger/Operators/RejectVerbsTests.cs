using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

/// <summary>Rejects that are not needed are ignored, and can be reopened; nothing is deleted.</summary>
public sealed class RejectVerbsTests
{
    const string Table = "CREATE TABLE t (id int CHECK (id < 100), src bigint)";
    const string States = "SELECT raw_record, status FROM corrupt_records ORDER BY id";
    static readonly OperatorAct Ann = new("ann", "a test file");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ignore_OneIssue_ClosesExactlyItsRejectsAndSaysWho()
    {
        await using var bench = await BenchAsync();
        var issue = await IssueAsync(bench, "constraint");

        var trial = await ApplyAsync(bench, RejectVerb.Ignore, new() { Issue = issue }, isTrial: true);
        var before = await bench.RowsAsync(States);
        var done = await ApplyAsync(bench, RejectVerb.Ignore, new() { Issue = issue });

        (trial.Rejects, trial.Files).ShouldBe((3, 2));
        before.ShouldAllBe(row => row.EndsWith("|open"));
        done.ShouldBe(trial);
        (await bench.RowsAsync(States)).ShouldBe(
            ["200|ignored", "x|open", "300|ignored", "400|ignored", "y|open"], ignoreOrder: true);
        (await bench.RowsAsync(
            "SELECT kind, pipeline, file_id IS NULL, who, detail FROM ingest.history WHERE kind LIKE '%rejects'"))
            .ShouldBe(["operator.ignore-rejects|test|True|ann|3 rejects ignored (a test file)"]);
        (await OpenAsync(bench)).ShouldBe(2);
        (await bench.RowsAsync("SELECT sum(rejects) FROM ingest.open_reject")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Reopen_RestoresThemForAReplay()
    {
        await using var bench = await BenchAsync();
        await ApplyAsync(bench, RejectVerb.Ignore, new());
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_id_check");
        var ignored = await ReplayAsync(bench);

        var reopened = await ApplyAsync(bench, RejectVerb.Reopen, new() { Text = "00" });
        var replayed = await ReplayAsync(bench);

        (ignored.Replayed, ignored.StillRejected).ShouldBe((0, 0));
        reopened.Rejects.ShouldBe(3);
        (replayed.Replayed, replayed.StillRejected).ShouldBe((3, 0));
        (await bench.RowsAsync("SELECT id FROM t WHERE id >= 100 ORDER BY 1")).ShouldBe(["200", "300", "400"]);
        (await bench.RowsAsync("SELECT status, count(*) FROM corrupt_records GROUP BY 1 ORDER BY 1")).ShouldBe(
            ["ignored|2", "replayed|3"]);
        (await ApplyAsync(bench, RejectVerb.Reopen, new() { Text = "00" })).Rejects.ShouldBe(0, "a row is not loaded twice");
    }

    [Fact]
    public async Task UpTo_LeavesLaterRejectsOpen()
    {
        await using var bench = await BenchAsync();
        var trial = await ApplyAsync(bench, RejectVerb.Ignore, new(), isTrial: true);
        await bench.LoadAsync(bench.Write("late.csv", "id\n500\n"));

        var done = await ApplyAsync(bench, RejectVerb.Ignore, new(), upTo: trial.UpTo);

        done.ShouldBe(trial);
        (await bench.RowsAsync("SELECT raw_record FROM corrupt_records WHERE status = 'open'")).ShouldBe(["500"]);
    }

    /// <summary>A replay of them would load a part of a file that is not loaded.</summary>
    [Fact]
    public async Task Reopen_OfAFileThatWasUndone_ChangesNothing()
    {
        await using var bench = await BenchAsync();
        await ApplyAsync(bench, RejectVerb.Ignore, new() { Text = "200" });
        var file = await bench.ScalarAsync<long>("SELECT file_id FROM corrupt_records WHERE raw_record = '200'");
        (await new UndoLedger(bench.Database.DataSource).UndoAsync(new FileId(file), [bench.Pipeline], Ann, false, Stop))
            .Outcome.ShouldBe(VerbOutcome.Done);

        (await ApplyAsync(bench, RejectVerb.Reopen, new() { FileId = file })).ShouldBe(new RejectReach(0, 0, 0));
        (await bench.RowsAsync($"SELECT DISTINCT status FROM corrupt_records WHERE file_id = {file}")).ShouldBe(["ignored"]);
    }

    [Fact]
    public async Task Rows_OfIgnoredRejects_SayThatTheyCanBeReopened()
    {
        await using var bench = await BenchAsync();
        await ApplyAsync(bench, RejectVerb.Ignore, new() { Text = "200" });
        await bench.ExecuteAsync("UPDATE corrupt_records SET status = 'ignored' WHERE raw_record = '300'"); // nobody's decision

        var rows = await new RejectViews(bench.Database.DataSource).ListAsync(new(), 10, null, Stop);

        rows.Items.Where(r => r.CanBeReopened).Select(r => r.RawRecord).ShouldBe(["200"]);
    }

    [Fact]
    public async Task File_WhoseRejectsAreAllIgnored_NeedsNoAttention()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.LoadAsync(bench.Write("bad.csv", "id\nx\ny\n"));
        await ApplyAsync(bench, RejectVerb.Ignore, new());
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET coordinated_at = clock_timestamp()");

        (await new PipelineViews(bench.Database.DataSource).OverviewAsync(Stop)).Attention.Level.ShouldBe("none");
        (await bench.RowsAsync("SELECT file_id IS NOT NULL FROM ingest.history WHERE kind = 'operator.ignore-rejects'"))
            .ShouldBe(["True"]);
    }

    static async Task<LoadBench> BenchAsync()
    {
        var bench = await LoadBench.CreateAsync(Table, p => p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" });
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n200\nx\n"), bench.Write("b.csv", "id\n2\n300\n400\ny\n"));
        return bench;
    }

    static Task<RejectReach> ApplyAsync(
        LoadBench bench, RejectVerb verb, RejectFilter filter, long? upTo = null, bool isTrial = false) =>
        new RejectVerbs(bench.Database.DataSource).ApplyAsync(verb, filter, upTo, Ann, isTrial, Stop);

    static Task<RejectReplayResult> ReplayAsync(LoadBench bench) =>
        new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new(), [bench.Pipeline], Ann, Stop);

    static Task<long> IssueAsync(LoadBench bench, string reason) =>
        bench.ScalarAsync<long>($"SELECT DISTINCT issue FROM corrupt_records WHERE reason = '{reason}'");

    static async Task<long> OpenAsync(LoadBench bench) =>
        (await new PipelineViews(bench.Database.DataSource).OverviewAsync(Stop)).Totals.OpenRejects;
}
