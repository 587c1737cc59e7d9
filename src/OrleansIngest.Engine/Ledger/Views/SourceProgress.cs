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

    /// <summary>The newest there is.</summary>
    public required LogOffset LatestOffset { get; init; }

    /// <summary>Records read.</summary>
    public required long NumInputRows { get; init; }

    /// <summary>Records per second of the window.</summary>
    public required double InputRowsPerSecond { get; init; }

    /// <summary>Records per second of the time spent on them; left out when none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? ProcessedRowsPerSecond { get; init; }

    /// <summary>In the names of Databricks' Auto Loader, and our own; what is waiting is known
    /// of the newest window alone.</summary>
    public required IReadOnlyDictionary<string, string> Metrics { get; init; }
}
