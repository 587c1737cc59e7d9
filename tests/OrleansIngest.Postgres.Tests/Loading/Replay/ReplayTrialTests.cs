using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading.Replay;

/// <summary>What a replay would come to, and a record that is edited for it.</summary>
public sealed class ReplayTrialTests
{
    static readonly OperatorAct Ann = new("ann@here", "mended");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trial_OfAGroup_SaysWhatWouldLoadAndChangesNothing()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100))");
        await bench.LoadAsync(bench.Write("a.csv", "n,id\n1,1\n500,2\n600,2\nx,4\n"));
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_n_check");
        var before = await StateAsync(bench);

        var report = await RunAsync(bench, new ReplayRequest(new RejectFilter(), Ann) { IsTrial = true });

        report.Result.ShouldBe(new RejectReplayResult(1, 2));
        report.Refusals.Select(r => $"{r.Reason}|{r.Column}").ShouldBe(["bad_value|n", "constraint|"], ignoreOrder: true);
        (await StateAsync(bench)).ShouldBe(before);
    }

    [Fact]
    public async Task Trial_WhileAReplayHoldsTheRejects_DoesNotTakeThemFromIt()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, n int)");
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,x\n"));
        await using var holder = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand("SELECT FROM corrupt_records FOR UPDATE", holder))
            await hold.ExecuteNonQueryAsync(Stop);

        var report = await RunAsync(bench, new ReplayRequest(new RejectFilter(), Ann) { IsTrial = true });

        report.Result.ShouldBe(new RejectReplayResult(0, 1), "a trial reads, and locks nothing");
    }

    [Fact]
    public async Task Edited_Record_BecomesARowAndIsKeptBesideWhatWasRead()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int PRIMARY KEY, name text, n int CHECK (n < 100))");
        await bench.LoadAsync(bench.Write("a.csv", "id,name,n\n1,one,1\n2,two,twenty\n3,x,y\n"));
        var id = await bench.ScalarAsync<long>("SELECT id FROM corrupt_records WHERE raw_record LIKE '2,%'");
        var request = new ReplayRequest(new RejectFilter { Ids = [id] }, Ann);
        var before = await StateAsync(bench);

        // Each as the table judges it; nothing is left of it.
        (await RunAsync(bench, request with { Record = "2,\"two,\ntwo\",20", IsTrial = true })).Result.ShouldBe(
            new RejectReplayResult(1, 0));
        (await RunAsync(bench, request with { Record = "2,two,200", IsTrial = true })).Refusals.Single().Detail.ShouldContain(
            "t_n_check");
        (await RunAsync(bench, request with { Record = "1,two,20" })).Refusals.Single().Detail.ShouldContain("duplicate key");
        (await RunAsync(bench, request with { Record = "2,two,20\n4,four,4" })).Refusals.Single().Detail.ShouldContain(
            "this text has 2");
        (await RunAsync(bench, request with { Record = "" })).Result.StillRejected.ShouldBe(1);
        (await StateAsync(bench)).ShouldBe(before, "an edit that is refused changes nothing, not even the reason");

        (await RunAsync(bench, request with { Record = "2,\"two,\ntwo\",20\r\n" })).Result.ShouldBe(new RejectReplayResult(1, 0));

        (await bench.RowsAsync("SELECT id, name, n FROM t ORDER BY id")).ShouldBe(["1|one|1", "2|two,\ntwo|20"]);
        (await bench.RowsAsync("SELECT raw_record, status, edited_record FROM corrupt_records ORDER BY id")).ShouldBe(
            ["2,two,twenty|replayed|2,\"two,\ntwo\",20\r\n", "3,x,y|open|NULL"]);
        (await bench.RowsAsync("SELECT who, detail FROM ingest.history WHERE kind = 'operator.replay-rejects'"))
            .ShouldBe(["ann@here|1 reject replayed, 0 still rejected, with an edited record (mended)"]);
        (await RunAsync(bench, request with { Record = "2,again,20" })).Result.ShouldBe(default, "it is not open any more");
    }

    [Fact]
    public async Task Edited_Record_OfAnotherEncoding_IsReadAsItsFileIs()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)",
            p => p.Encoding = "windows-1252");
        await bench.LoadAsync(bench.Write("a.csv", "id,name\nx,one\n"));
        var request = new ReplayRequest(new RejectFilter
        { Ids = [await bench.ScalarAsync<long>("SELECT id FROM corrupt_records")] }, Ann);

        (await RunAsync(bench, request with { Record = "1,Ł" })).Refusals.Single().Detail.ShouldBe(
            "\"Ł\" is not a character of windows-1252, the encoding of the file");
        (await RunAsync(bench, request with { Record = "1,Zoë €" })).Result.ShouldBe(new RejectReplayResult(1, 0));

        (await bench.RowsAsync("SELECT id, name FROM t")).ShouldBe(["1|Zoë €"]);
    }

    [Fact]
    public async Task Edited_Record_ForMoreThanOneReject_IsAnError()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");

        await Should.ThrowAsync<ArgumentException>(
            () => RunAsync(bench, new ReplayRequest(new RejectFilter(), Ann) { Record = "1" }));
    }

    [Fact]
    public async Task Edited_Record_ReplayedByFourAtOnce_IsOneRow()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.LoadAsync(bench.Write("a.csv", "id\nx\n"));
        var request = new ReplayRequest(new RejectFilter
        { Ids = [await bench.ScalarAsync<long>("SELECT id FROM corrupt_records")] }, Ann)
        { Record = "7" };

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(bench, request)));

        reports.Sum(r => r.Result.Replayed).ShouldBe(1);
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["7"]);
    }

    static Task<ReplayReport> RunAsync(LoadBench bench, ReplayRequest request) =>
        new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(request, [bench.Pipeline], Stop);

    static async Task<string[]> StateAsync(LoadBench bench) =>
    [
        .. await bench.RowsAsync("SELECT * FROM t ORDER BY 1"),
        .. await bench.RowsAsync(
            "SELECT id, raw_record, status, reason, column_name, detail, edited_record, replayed_at FROM corrupt_records "
                + "ORDER BY id"),
        .. await bench.RowsAsync("SELECT kind, detail FROM ingest.history WHERE kind LIKE 'operator%'"),
    ];
}
