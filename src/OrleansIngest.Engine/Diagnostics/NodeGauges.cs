namespace OrleansIngest.Engine.Diagnostics;

/// <summary>What a node says of itself when it is asked.</summary>
public sealed record NodeGauges
{
    /// <summary>The node's pipelines at the moment, for counters that start at 0.</summary>
    public required Func<IReadOnlyList<string>> Pipelines { get; init; }

    /// <summary>The codes of rejects, for counters that start at 0.</summary>
    public required IReadOnlyList<string> RejectReasons { get; init; }

    /// <summary>Files under way.</summary>
    public required Func<long> ActiveFiles { get; init; }

    /// <summary>Files that it is willing to hold.</summary>
    public required long Capacity { get; init; }

    /// <summary>Parse slots that are taken. Default: none.</summary>
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

    /// <summary>Its name in the configuration, a tag of all that is measured; null for the main one, without a tag. Default: null.</summary>
    public string? Database { get; init; }
}
