using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The state of everything.</summary>
public sealed record Overview
{
    /// <summary>The database's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<PipelineSummary> Pipelines { get; init; }

    /// <summary>Nodes by state.</summary>
    public required NodeCounts Nodes { get; init; }

    /// <summary>Alerts that are firing.</summary>
    public required IReadOnlyList<AlertRow> Alerts { get; init; }

    /// <summary>Sums over all pipelines.</summary>
    public required OverviewTotals Totals { get; init; }

    /// <summary>Indexes that a bulk load has dropped and that are not rebuilt yet, oldest first.</summary>
    public IReadOnlyList<DroppedIndex> DroppedIndexes { get; init; } = [];

    /// <summary>Open items of all pipelines.</summary>
    public Attention Attention => Attention.Of(Pipelines);

    /// <summary>The items that need attention, most severe first.</summary>
    public IReadOnlyList<AttentionItem> NeedsAttention => AttentionItem.Of(this);

    /// <summary>Whether the database answers. In live events only, because any other answer from the database implies
    /// it.</summary>
    public DatabaseState Database { get; init; } = new("up", null);

    /// <summary>The last minutes; omitted in live events.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Series? Series { get; init; }

    /// <summary>The newest complete second; in live events only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeriesPoint? Point { get; init; }
}
