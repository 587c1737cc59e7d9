using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A time window of a pipeline, with the names of Spark's <c>StreamingQueryProgress</c>, for compatible
/// readers.</summary>
public sealed record StreamingQueryProgress
{
    /// <summary>The id of the pipeline; the same for the same name.</summary>
    public required Guid Id { get; init; }

    /// <summary>The id of the coordinator's process; the same while it runs.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>Start of the window.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Number of the window: seconds since 1970 divided by its length.</summary>
    public required long BatchId { get; init; }

    /// <summary>Length of the window, milliseconds.</summary>
    public required long BatchDuration { get; init; }

    /// <summary>Records read.</summary>
    public required long NumInputRows { get; init; }

    /// <summary>Records per second of the window.</summary>
    public required double InputRowsPerSecond { get; init; }

    /// <summary>Records per second of processing time; omitted if there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? ProcessedRowsPerSecond { get; init; }

    /// <summary>Times by phase, milliseconds: Spark's keys as far as they apply, and our own.</summary>
    public required IReadOnlyDictionary<string, long> DurationMs { get; init; }

    /// <summary>Empty: there are no watermarks.</summary>
    public required IReadOnlyDictionary<string, string> EventTime { get; init; }

    /// <summary>Empty: there is no state to keep.</summary>
    public required IReadOnlyList<string> StateOperators { get; init; }

    /// <summary>One per watched directory.</summary>
    public required IReadOnlyList<SourceProgress> Sources { get; init; }

    /// <summary>The table.</summary>
    public required SinkProgress Sink { get; init; }

    /// <summary>Counters of the validation.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ObservedMetrics { get; init; }
}
