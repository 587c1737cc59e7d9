namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A process that works, or has worked, on the ledger.</summary>
public sealed record NodeRow
{
    /// <summary>Its name.</summary>
    public required string Node { get; init; }

    /// <summary><c>silo</c> or <c>load</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>The process on it.</summary>
    public required int Pid { get; init; }

    /// <summary>The version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>The address at which others reach its silo.</summary>
    public required string? Address { get; init; }

    /// <summary><c>alive</c>, <c>draining</c>, <c>silent</c> (no heartbeat for more than 8 s, and not yet declared dead),
    /// <c>dead</c> or <c>left</c>.</summary>
    public required string State { get; init; }

    /// <summary>Processors it may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Its machine: the same for all containers of one kernel. For a program of an older version, the host
    /// name.</summary>
    public required string Machine { get; init; }

    /// <summary>Processors of the machine, shared by all of its nodes.</summary>
    public required int MachineCores { get; init; }

    /// <summary>Memory of the machine, bytes; shared by all of its nodes.</summary>
    public required long MachineMemoryBytes { get; init; }

    /// <summary>Memory it may use, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processor usage in percent of one core, so two busy cores are 200.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>Memory that it uses, bytes.</summary>
    public required long RssBytes { get; init; }

    /// <summary>Number of connections on which it commits.</summary>
    public required int Lanes { get; init; }

    /// <summary>Files in progress, as of its last heartbeat.</summary>
    public required int ActiveFiles { get; init; }

    /// <summary>Maximum number of files in progress.</summary>
    public required int Capacity { get; init; }

    /// <summary>Connections that are committing; null if not reported, for example before its first heartbeat.</summary>
    public required int? BusyLanes { get; init; }

    /// <summary>Memory of batches that are being filled or wait for a connection, bytes; null if not reported.</summary>
    public required long? BatchMemoryUsedBytes { get; init; }

    /// <summary>The limit of that memory, bytes; null if not reported.</summary>
    public required long? BatchMemoryLimitBytes { get; init; }

    /// <summary>Files that it is reading and parsing; null if not reported.</summary>
    public required int? BusyParsers { get; init; }

    /// <summary>Maximum number of files that it reads and parses at once; null if not reported.</summary>
    public required int? Parsers { get; init; }

    /// <summary>Rows committed per second, over the last 10 s.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its last heartbeat, by the database's clock.</summary>
    public required DateTimeOffset HeartbeatAt { get; init; }

    /// <summary>When it left or was declared dead.</summary>
    public required DateTimeOffset? LeftAt { get; init; }

    /// <summary>Age of its last heartbeat.</summary>
    public required double SecondsSinceHeartbeat { get; init; }
}
