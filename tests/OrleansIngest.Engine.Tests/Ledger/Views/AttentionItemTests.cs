using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Tests.Ledger.Views;

public sealed class AttentionItemTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 2, 6, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NothingOpen_IsEmpty() => Items([Pipeline("orders")]).ShouldBeEmpty();

    [Fact]
    public void Of_WhatIsOpen_IsAnItemEachTheWorstFirst()
    {
        var items = Items(
            [Pipeline("orders", new(0, 0, 2, 7317), "paused", pausedAt: Now), Pipeline("stock", new(4, 1, 0, 0))],
            [Alert(AlertRule.DeadNode, "Node silo-2 died 5 min ago"),
                Alert(AlertRule.Expected, "1 of 3 files of orders came", "orders")]);

        items.Select(i => $"{i.Kind}|{i.Level}|{i.Pipeline}|{i.Text}").ShouldBe(
            [
                "quarantined|critical|stock|4 files of stock quarantined",
                "all-rejected|critical|stock|1 file of stock with every record rejected",
                "dead-node|warning||Node silo-2 died 5 min ago", "paused|warning|orders|orders is paused",
                "expected|warning|orders|1 of 3 files of orders came",
                "failed|warning|orders|2 files of orders failed and will be retried",
                "rejects|warning|orders|7,317 open rejects of orders",
            ]);
        items.Single(i => i.Kind == "paused").Since.ShouldBe(Now);
    }

    [Fact]
    public void Of_AlertAboutTheSame_IsNoSecondItem()
    {
        var items = Items(
            [Pipeline("orders", new(1, 0, 0, 0)), Pipeline("stock", new(1, 0, 0, 0))],
            [Alert(AlertRule.Quarantined, "1 file of pipeline orders is quarantined: a.csv", "orders")]);

        items.Select(i => (i.Pipeline, i.Detail, i.Since)).ShouldBe(
            [("orders", "1 file of pipeline orders is quarantined: a.csv", Now), ("stock", null, (DateTimeOffset?)null)]);
    }

    /// <summary>A file whose records were all rejected is not counted again by its rejects, nor by the alerts about
    /// them.</summary>
    [Theory]
    [InlineData(50, "all-rejected: 1 file of orders with every record rejected (50 of 50 records)")]
    [InlineData(53, "all-rejected: 1 file of orders with every record rejected (50 of 50 records)"
        + " | rejects: 3 other open rejects of orders (60 % of the records)")]
    public void Of_FileWithEveryRecordRejected_IsOneItem(long rejects, string expected)
    {
        var items = Items(
            [Pipeline("orders", new(0, 1, 0, rejects) { RejectsOfThose = 50 })],
            [Alert(AlertRule.RejectRate, "60 % of the records", "orders"),
                Alert(AlertRule.RejectFile, "50 of 50 records", "orders")]);

        string.Join(" | ", items.Select(i => $"{i.Kind}: {i.Text} ({i.Detail})")).ShouldBe(expected);
    }

    [Fact]
    public void Of_AlertAboutAFileThatLostSomeRecords_IsPartOfTheRejects() =>
        Items([Pipeline("orders", new(0, 0, 0, 6))], [Alert(AlertRule.RejectFile, "6 of 10 records of a.csv", "orders")])
            .Single().ShouldSatisfyAllConditions(
                i => i.Text.ShouldBe("6 open rejects of orders"), i => i.Detail.ShouldBe("6 of 10 records of a.csv"));

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "1 file of orders is waiting, and no silo runs the pipeline")]
    [InlineData(1200, "1,200 files of orders are waiting, and no silo runs the pipeline")]
    public void Of_NoSilo_MattersWhenFilesWait(long waiting, string? text) =>
        Items([Pipeline("orders", status: "no-coordinator", waiting: waiting)]).SingleOrDefault()?.Text.ShouldBe(text);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "1 file of load-t is waiting for the next `ingest load`")]
    public void Of_PipelineOfTheCommand_MattersWhenFilesWait(long waiting, string? text) =>
        Items([Pipeline("load-t", status: "load", waiting: waiting)]).SingleOrDefault()?.Text.ShouldBe(text);

    [Fact]
    public void Of_SilentNodes_AreSaidUntilAnAlertSaysIt()
    {
        Items([], [], silent: 2).Single().Text.ShouldBe("2 nodes send no heartbeat");
        Items([], [Alert(AlertRule.DeadNode, "Node a is silent")], silent: 1).Single().Kind.ShouldBe("dead-node");
    }

    static IReadOnlyList<AttentionItem> Items(PipelineSummary[] pipelines, AlertRow[]? alerts = null, long silent = 0) =>
        new Overview
        {
            Now = Now,
            Pipelines = pipelines,
            Alerts = alerts ?? [],
            Nodes = new NodeCounts(1, 0, 0, silent),
            Totals = new OverviewTotals(0, 0, 0, 0, 0),
        }.NeedsAttention;

    static AlertRow Alert(string rule, string message, string? pipeline = null) => new()
    {
        Id = 1,
        Rule = rule,
        Pipeline = pipeline,
        Node = null,
        Severity = "warning",
        Message = message,
        Value = null,
        Threshold = null,
        FiredAt = Now,
        ResolvedAt = null,
    };

    static PipelineSummary Pipeline(string name, Attention? open = null, string status = "idle", long waiting = 0,
        DateTimeOffset? pausedAt = null) => new()
        {
            Name = name,
            Table = name,
            Watch = [],
            Status = status,
            StatusReason = "",
            InputRate = 0,
            ProcessRate = 0,
            InputBytesRate = 0,
            Backlog = new Backlog(waiting, 0, null),
            InFlight = new InFlight(0, 0),
            EtaSeconds = null,
            LatencyMs = new Latency(null, null, 0),
            Rejects = new RejectCounts(0, 0, null, 0),
            Attention = open ?? new(0, 0, 0, 0),
            Files = new FileCounts(0, 0, 0, 0, 0, 0, 0, 0),
            RowsLoaded = 0,
            LastFileAt = null,
            LastBatch = null,
            PausedAt = pausedAt,
        };
}
