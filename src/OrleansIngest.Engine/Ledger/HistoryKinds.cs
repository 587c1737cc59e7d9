using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The kinds of entries in <c>ingest.history</c>. A filter also takes a prefix of them: <c>operator</c>,
/// <c>file.drift</c>.</summary>
public static class HistoryKinds
{
    /// <summary>All of them, in the order of the alphabet.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. new[]
        {
            "alert.fired", "alert.resolved", "file.quarantined", "file.repeated", "file.replaced", "file.vanished", "index.built",
            "index.dropped", "index.failed", "index.gone", "node.dead", "operator.acknowledge", "operator.drop",
            "operator.ignore-rejects", "operator.limits", "operator.mute", "operator.pause", "operator.remove",
            "operator.reopen-rejects", "operator.replay-rejects", "operator.resume", "operator.unmute", "pipeline.added",
            "pipeline.changed", "pipeline.removed", "table.created",
        }
        .Concat(BulkVerb.ByName.Keys.Select(verb => $"operator.{verb}"))
        .Concat(DriftDecision.Kinds.Select(kind => $"file.drift.{kind}"))
        .Order(StringComparer.Ordinal),
    ];

    /// <summary>The prefixes that stand for several kinds, such as <c>operator</c>.</summary>
    public static IReadOnlyList<string> Prefixes { get; } =
        [.. All.Select(kind => kind[..kind.LastIndexOf('.')]).SelectMany(prefix => new[] { prefix, prefix.Split('.')[0] })
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
