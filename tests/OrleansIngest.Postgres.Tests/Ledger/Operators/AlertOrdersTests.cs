using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

/// <summary>Alerts that a person takes care of, or does not want to hear of, from a real ledger to a real HTTP server.</summary>
public sealed class AlertOrdersTests
{
    static readonly OperatorAct Ann = new("ann", "known");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledge_FiringAlert_MarksItOnceAndItsEndIsStillTold()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await using var monitor = Monitor(bench, receiver);
        var orders = new AlertOrders(bench.Database.DataSource);
        await QuarantineAsync(bench);
        await RoundAsync(monitor);
        var alert = (await FiringAsync(bench)).ShouldHaveSingleItem();

        (await orders.AcknowledgeAsync(alert.Id, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        (await orders.AcknowledgeAsync(alert.Id, new OperatorAct("bob"), Stop)).Message.ShouldBe(
            "is already acknowledged, by ann");
        await RoundAsync(monitor);

        var now = (await FiringAsync(bench)).ShouldHaveSingleItem();
        (now.AcknowledgedBy, now.AcknowledgedWhy, now.MutedUntil).ShouldBe(("ann", "known", null));
        (await bench.RowsAsync(
            "SELECT kind, pipeline, who, detail LIKE 'quarantined: %(known)' FROM ingest.history WHERE kind LIKE 'operator.%'"))
            .ShouldBe(["operator.acknowledge|test|ann|True"]);
        var item = (await new PipelineViews(bench.Database.DataSource).CurrentOverviewAsync(Stop)).NeedsAttention.Single(
            i => i.Kind == "quarantined");
        (item.AlertId, item.AcknowledgedBy).ShouldBe((alert.Id, "ann"));
        await EndAsync(bench, monitor);
        Told(receiver).ShouldBe(["fired", "resolved"]);
        (await orders.AcknowledgeAsync(alert.Id, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Refused);
        (await orders.AcknowledgeAsync(4711, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Unknown);
    }

    [Fact]
    public async Task Mute_AlertThatFires_SendsNothingUntilItIsOverAndThenWhatStillFires()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await using var monitor = Monitor(bench, receiver);
        var orders = new AlertOrders(bench.Database.DataSource);
        var mute = (await orders.MuteAsync(AlertRule.Quarantined, "test", TimeSpan.FromHours(8), Ann, Stop))!;
        await QuarantineAsync(bench);
        await RoundAsync(monitor);

        Told(receiver).ShouldBeEmpty();
        var alert = (await FiringAsync(bench)).ShouldHaveSingleItem();
        (alert.MutedUntil, alert.MutedBy).ShouldBe((mute.Until, "ann"));
        (await orders.MutesAsync(Stop)).Select(m => m.Id).ShouldBe([mute.Id]);

        // As if it had fired long ago, and the mute were over by itself.
        await bench.ExecuteAsync("UPDATE ingest.alert SET fired_at = fired_at - interval '9 h'");
        await bench.ExecuteAsync("UPDATE ingest.alert_mute SET until = clock_timestamp()");
        await RoundAsync(monitor);

        Told(receiver).ShouldBe(["fired"]);
        (await orders.MutesAsync(Stop)).ShouldBeEmpty();
        (await FiringAsync(bench)).Single().MutedUntil.ShouldBeNull();
        (await orders.UnmuteAsync(mute.Id, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Nothing);
    }

    [Fact]
    public async Task Mute_AlertThatBeginsAndEndsMeanwhile_IsNeverTold()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await using var monitor = Monitor(bench, receiver);
        var orders = new AlertOrders(bench.Database.DataSource);
        var mute = (await orders.MuteAsync(null, null, TimeSpan.FromHours(1), Ann, Stop))!;
        await QuarantineAsync(bench);
        await RoundAsync(monitor);
        await EndAsync(bench, monitor);

        (await orders.UnmuteAsync(mute.Id, Ann, Stop)).Outcome.ShouldBe(VerbOutcome.Done);
        await RoundAsync(monitor);

        Told(receiver).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT kind, who FROM ingest.history WHERE kind LIKE 'operator.%' ORDER BY history_id")).ShouldBe(
            ["operator.mute|ann", "operator.unmute|ann"]);
    }

    [Fact]
    public async Task Mute_AlertThatWasToldBefore_HearsOfItsEndWhenTheMuteIsOver()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await using var monitor = Monitor(bench, receiver);
        var orders = new AlertOrders(bench.Database.DataSource);
        await QuarantineAsync(bench);
        await RoundAsync(monitor);
        var mute = (await orders.MuteAsync(null, "test", TimeSpan.FromHours(1), Ann, Stop))!;
        await EndAsync(bench, monitor);
        Told(receiver).ShouldBe(["fired"]);

        await orders.UnmuteAsync(mute.Id, Ann, Stop);
        await RoundAsync(monitor);

        Told(receiver).ShouldBe(["fired", "resolved"]);
    }

    [Theory]
    [InlineData(AlertRule.Quarantined, "test", true)]
    [InlineData(AlertRule.Quarantined, null, true)]
    [InlineData(null, "test", true)]
    [InlineData(null, null, true)]
    [InlineData(AlertRule.Stalled, "test", false)]
    [InlineData(AlertRule.Quarantined, "other", false)]
    [InlineData(null, "other", false)]
    public async Task Mute_MatchesByRuleAndPipeline(string? rule, string? pipeline, bool isMuted)
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await using var monitor = Monitor(bench, receiver);
        await bench.ExecuteAsync("INSERT INTO ingest.pipeline (name, config) VALUES ('other', '{}')");
        (await new AlertOrders(bench.Database.DataSource).MuteAsync(rule, pipeline, TimeSpan.FromHours(1), Ann,
            Stop)).ShouldNotBeNull();
        await QuarantineAsync(bench);
        await RoundAsync(monitor);

        Told(receiver).ShouldBe(isMuted ? [] : ["fired"]);
        ((await FiringAsync(bench)).Single().MutedUntil is not null).ShouldBe(isMuted);
    }

    [Fact]
    public async Task Mute_PipelineThatNobodyKnows_IsRefused()
    {
        await using var bench = await BenchAsync();

        (await new AlertOrders(bench.Database.DataSource).MuteAsync(null, "tset", TimeSpan.FromHours(1), Ann,
            Stop)).ShouldBeNull();

        (await bench.RowsAsync("SELECT count(*) FROM ingest.alert_mute")).ShouldBe(["0"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'operator.mute'")).ShouldBe(["0"]);
    }

    static async Task<LoadBench> BenchAsync()
    {
        var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.StartNodeAsync();
        return bench;
    }

    static AlertMonitor Monitor(LoadBench bench, HttpReceiver receiver) => new(
        bench.Database.DataSource, new AlertingOptions { Webhook = receiver.Address.ToString() }, "monitor-1",
        TimeProvider.System, NullLogger.Instance);

    static Task QuarantineAsync(LoadBench bench) => bench.ExecuteAsync(
        "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, finished_at) VALUES ('test', '/x', 1, 0, "
            + "0, 0, 'quarantined', now())");

    static async Task RoundAsync(AlertMonitor monitor)
    {
        await monitor.EvaluateAsync(Stop);
        for (var i = 0; i < 2; i++) await monitor.NotifyAsync(Stop); // an end may be due right after its beginning
    }

    static async Task EndAsync(LoadBench bench, AlertMonitor monitor)
    {
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ignored'");
        await monitor.EvaluateAsync(Stop);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await RoundAsync(monitor);
    }

    static async Task<IReadOnlyList<AlertRow>> FiringAsync(LoadBench bench) =>
        (await new AlertViews(bench.Database.DataSource).ListAsync(true, 10, null, Stop)).Items;

    static IEnumerable<string?> Told(HttpReceiver receiver) =>
        receiver.Received.Select(r => JsonDocument.Parse(r.Text).RootElement.GetProperty("event").GetString());
}
