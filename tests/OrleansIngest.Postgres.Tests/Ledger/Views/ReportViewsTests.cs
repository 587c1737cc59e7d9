using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>What happened, out of the ledger of real loads.</summary>
public sealed class ReportViewsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Task<Report> ReadAsync(LoadBench bench, DateTimeOffset from, DateTimeOffset? to = null, string? pipeline = null) =>
        new ReportViews(bench.Database.DataSource).ReadAsync(from, to, pipeline, TimeZoneInfo.Utc, Token);

    [Fact]
    public async Task ReadAsync_LoadedRejectedAndQuarantined_AreCountedOnce()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL, n int)");
        var start = new DateTimeOffset(await bench.ScalarAsync<DateTime>("SELECT clock_timestamp()"));
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n2,x\n"), bench.Write("b.csv", "id,n\n1,1\n2,2\n3,y\n"),
            bench.Write("c.csv", "no,such\n1,2\n"));

        var all = await ReadAsync(bench, start);
        var mine = await ReadAsync(bench, start, pipeline: "test");
        var other = await ReadAsync(bench, start, pipeline: "other");
        var before = await ReadAsync(bench, start.AddDays(-2), start.AddDays(-1));

        (all.Files, all.RowsLoaded, all.RowsRejected, all.RejectFiles, all.Quarantined).ShouldBe((2, 3, 2, 2, 1));
        all.Text.ShouldEndWith(": 2 files, 3 rows, 2 rejects in 2 files, 1 file quarantined.");
        (mine with { Pipeline = null, Text = all.Text, To = all.To, Events = all.Events }).ShouldBe(all);
        other.Text.ShouldEndWith(", pipeline other: nothing was loaded.");
        (before.Files, before.RowsRejected, before.Quarantined).ShouldBe((0, 0, 0));
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ignored' WHERE status = 'quarantined'");
        (await ReadAsync(bench, start)).Text.ShouldEndWith(", 1 file quarantined (none still).");
    }

    [Fact]
    public async Task ReadAsync_AlertsPausesAndLostNodes_AreGivenInTheirOrder()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.alert (rule, pipeline, severity, message, fired_at, resolved_at) VALUES
                ('stalled', 'orders', 'critical', 'over before', now() - interval '9 h', now() - interval '8 h'),
                ('stalled', 'orders', 'critical', 'reaches into it', now() - interval '6 h', now() - interval '4 h'),
                ('quarantined', 'other', 'warning', 'another pipeline', now() - interval '2 h', NULL),
                ('dead-node', NULL, 'warning', 'of no pipeline', now() - interval '90 min', NULL);
            INSERT INTO ingest.history (kind, at, pipeline, node, who, detail) VALUES
                ('operator.pause', now() - interval '7 h', 'orders', NULL, 'ann', NULL),
                ('operator.resume', now() - interval '4 h 30 min', 'orders', NULL, 'ann', NULL),
                ('operator.pause', now() - interval '3 h', 'orders', NULL, 'bob', 'lunch'),
                ('node.dead', now() - interval '1 h', NULL, 'silo-2', NULL, 'no heartbeat'),
                ('node.dead', now() - interval '20 h', NULL, 'silo-1', NULL, 'no heartbeat');
            """);
        var now = new DateTimeOffset(await bench.ScalarAsync<DateTime>("SELECT now()"));

        var report = await ReadAsync(bench, now.AddHours(-5), pipeline: "orders");

        report.Events.Select(e => $"{e.Kind} {e.Pipeline}{e.Node} {e.Detail} {(e.EndedAt is null ? "lasts" : "ended")}").ShouldBe(
        [
            "pause orders  ended", "alert orders reaches into it ended", "pause orders lunch lasts",
            "alert  of no pipeline lasts", "node silo-2 no heartbeat lasts",
        ]);
        (report.Alerts, report.Firing).ShouldBe((1, 1));
    }
}
