namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Current measurements of a node.</summary>
public sealed record NodeGauges
{
    /// <summary>The node's current pipelines, for counters that start at 0.</summary>
    public required Func<IReadOnlyList<string>> Pipelines { get; init; }

    /// <summary>The codes of rejects, for counters that start at 0.</summary>
    public required IReadOnlyList<string> RejectReasons { get; init; }

    /// <summary>Files in progress.</summary>
    public required Func<long> ActiveFiles { get; init; }

    /// <summary>Maximum number of files in progress.</summary>
    public required long Capacity { get; init; }

    /// <summary>Parse slots in use. Default: none.</summary>
    public Func<long> BusyParsers { get; init; } = () => 0;

    /// <summary>Parse slots: files that the process reads and parses at once. Default: 0.</summary>
    public long Parsers { get; init; }

    /// <summary>Connections that are committing.</summary>
    public required Func<long> BusyLanes { get; init; }

    /// <summary>Connections that commit.</summary>
    public required long Lanes { get; init; }

    /// <summary>Bytes of batches.</summary>
    public required Func<long> MemoryUsed { get; init; }

    /// <summary>Bytes that batches may take.</summary>
    public required long MemoryLimit { get; init; }

    /// <summary>Whether the database answers.</summary>
    public required Func<bool> IsDatabaseUp { get; init; }

    /// <summary>The database's name in the configuration, a tag of all measurements; null for the main one, without a tag.
    /// Default: null.</summary>
    public string? Database { get; init; }
}
