using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A watched directory.</summary>
public sealed record SourceProgress
{
    /// <summary><c>FileStreamSource[directory]</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Where the window began.</summary>
    public required LogOffset StartOffset { get; init; }

    /// <summary>Where it ended.</summary>
    public required LogOffset EndOffset { get; init; }

    /// <summary>The newest offset.</summary>
    public required LogOffset LatestOffset { get; init; }

    /// <summary>Records read.</summary>
    public required long NumInputRows { get; init; }

    /// <summary>Records per second of the window.</summary>
    public required double InputRowsPerSecond { get; init; }

    /// <summary>Records per second of processing time; omitted if there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? ProcessedRowsPerSecond { get; init; }

    /// <summary>With the names of Databricks' Auto Loader, and our own; waiting files are known only for the newest
    /// window.</summary>
    public required IReadOnlyDictionary<string, string> Metrics { get; init; }
}
