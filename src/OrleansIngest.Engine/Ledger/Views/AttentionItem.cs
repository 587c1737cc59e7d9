using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>An item that needs attention.</summary>
/// <param name="Kind"><c>quarantined</c>, <c>all-rejected</c>, <c>stalled</c>, <c>unattended</c>, <c>paused</c>, <c>failed</c>,
/// <c>rejects</c>, <c>silent-node</c>, <c>index</c>, or the rule of an alert that none of these covers.</param>
/// <param name="Level"><c>critical</c> or <c>warning</c>.</param>
/// <param name="Pipeline">Its pipeline; null for a node or the database.</param>
/// <param name="Text">A description, a sentence without its full stop.</param>
/// <param name="Detail">The message of its alert; null if none fires.</param>
/// <param name="Since">When it began; null if unknown.</param>
public sealed record AttentionItem(
    string Kind, string Level, string? Pipeline, string Text, string? Detail, DateTimeOffset? Since)
{
    /// <summary>Its firing alert, which can be acknowledged or muted; null if none fires. Default: null.</summary>
    public long? AlertId { get; init; }

    /// <summary>Who acknowledged it; null if nobody has. Default: null.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Until when its alert is muted; null if it is not. Default: null.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    // Within a level: what stops loading before what merely differs. Kinds that are not listed come between.
    static readonly string[] First =
        ["stalled", "unattended", AlertRule.DatabaseAway, "quarantined", "all-rejected", AlertRule.DeadNode, "silent-node",
            "paused"];
    static readonly string[] Last = ["failed", AlertRule.Drift, AlertRule.RejectRate, AlertRule.RejectFile, "rejects"];

    const string Critical = "critical";
    const string Warning = "warning";

    /// <summary>All items, most severe first. A file, and an alert and an entry of the ledger about the same fact, are in one
    /// item.</summary>
    internal static IReadOnlyList<AttentionItem> Of(Overview overview)
    {
        var items = new List<AttentionItem>();
        var alerts = overview.Alerts.Where(a => a.ResolvedAt is null).ToList();
        foreach (var pipeline in overview.Pipelines) AddPipeline(pipeline, alerts, items);
        if (overview.Nodes.Silent > 0 && !alerts.Exists(a => a.Rule == AlertRule.DeadNode))
        {
            var many = overview.Nodes.Silent;
            var text = $"{Counted.Of(many, "node")} {(many == 1 ? "sends" : "send")} no heartbeat";
            items.Add(new("silent-node", Warning, null, text, null, null));
        }

        items.AddRange(overview.DroppedIndexes.Where(i => i.Error is not null || !i.IsAwaited)
            .Select(i => new AttentionItem(
                "index", i.Error is null ? Warning : Critical, i.Pipeline, i.Sentence, null, i.DroppedAt)));
        items.AddRange(alerts.Select(a => new AttentionItem(a.Rule, a.Severity, a.Pipeline, a.Message, null, a.FiredAt).With(a)));
        // Stable: by pipeline within a kind. Acknowledged and muted items come last.
        return [.. items.OrderBy(i => i.AcknowledgedBy is not null || i.MutedUntil is not null)
            .ThenBy(i => i.Level != Critical).ThenBy(i => RankOf(i.Kind))];
    }

    static int RankOf(string kind) => Array.IndexOf(First, kind) is >= 0 and var early ? early - First.Length
        : Array.IndexOf(Last, kind) + 1;

    static bool IsQuiet(AlertRow alert) => alert.AcknowledgedBy is not null || alert.MutedUntil is not null;

    AttentionItem With(AlertRow? alert) => this with
    {
        AlertId = alert?.Id,
        AcknowledgedBy = alert?.AcknowledgedBy,
        MutedUntil = alert?.MutedUntil
    };

    static void AddPipeline(PipelineSummary pipeline, List<AlertRow> alerts, List<AttentionItem> items)
    {
        var (name, open) = (pipeline.Name, pipeline.Attention);
        var waiting = pipeline.Backlog.Files + pipeline.InFlight.Files;
        if (open.FilesQuarantined > 0)
            Add("quarantined", Critical, $"{Files(open.FilesQuarantined)} quarantined", [AlertRule.Quarantined]);
        if (open.FilesAllRejected > 0)
        {
            // Without other rejects, the alert about their share is about these files too.
            string[] rules = open.OtherRejects > 0 ? [AlertRule.RejectFile] : [AlertRule.RejectFile, AlertRule.RejectRate];
            Add("all-rejected", Critical, $"{Files(open.FilesAllRejected)} with every record rejected", rules);
        }

        if (pipeline.Status == "stalled")
            Add("stalled", Critical, $"{name} is stalled", [AlertRule.Stalled], pipeline.StatusReason);
        if (pipeline.Status == "no-coordinator" && waiting > 0)
            Add("unattended", Critical,
                $"{Files(waiting)} {(waiting == 1 ? "is" : "are")} waiting, and no silo runs the pipeline", [AlertRule.Stalled]);
        if (pipeline.Status == "load" && waiting > 0)
            Add("unattended", Critical,
                $"{Files(waiting)} {(waiting == 1 ? "is" : "are")} waiting for the next `ingest load`", [AlertRule.Stalled]);
        if (pipeline.Status == "paused")
            items.Add(new("paused", Warning, name, $"{name} is paused", pipeline.StatusReason, pipeline.PausedAt));
        if (open.FilesFailed > 0)
            Add("failed", Warning, $"{Files(open.FilesFailed)} failed and will be retried", []);
        if (open.OtherRejects > 0)
            Add("rejects", Warning,
                $"{Counted.Of(open.OtherRejects, open.FilesAllRejected > 0 ? "other open reject" : "open reject")} of {name}",
                [AlertRule.RejectRate, AlertRule.RejectFile]);

        string Files(long many) => $"{Counted.Of(many, "file")} of {name}";

        void Add(string kind, string level, string text, string[] rules, string? otherwise = null)
        {
            var own = alerts.Where(a => a.Pipeline == name && rules.Contains(a.Rule)).OrderBy(a => IsQuiet(a))
                .ThenBy(a => Array.IndexOf(rules, a.Rule)).ToList();
            alerts.RemoveAll(own.Contains);
            var alert = own.FirstOrDefault();
            items.Add(new AttentionItem(kind, level, name, text, alert?.Message ?? otherwise, alert?.FiredAt).With(alert));
        }
    }
}
