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

    /// <summary>Of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Of its silo, as others reach it.</summary>
    public required string? Address { get; init; }

    /// <summary><c>alive</c>, <c>draining</c>, <c>silent</c> (no heartbeat for more than 8 s, and no silo has judged yet),
    /// <c>dead</c> or <c>left</c>.</summary>
    public required string State { get; init; }

    /// <summary>Processors it may use.</summary>
    public required int Cores { get; init; }

    /// <summary>The machine under it: the same for all containers of one kernel. The host name, for a
    /// program of an older version.</summary>
    public required string Machine { get; init; }

    /// <summary>Processors of the machine. Nodes of one machine share them: together they have no more than these.</summary>
    public required int MachineCores { get; init; }

    /// <summary>Memory of the machine, bytes; shared as the processors are.</summary>
    public required long MachineMemoryBytes { get; init; }

    /// <summary>Memory it may use, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Of one core, so that two busy cores are 200.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>Memory it has, bytes.</summary>
    public required long RssBytes { get; init; }

    /// <summary>Connections that it commits on.</summary>
    public required int Lanes { get; init; }

    /// <summary>Files it works on, as it said with its last heartbeat.</summary>
    public required int ActiveFiles { get; init; }

    /// <summary>Files it takes at once.</summary>
    public required int Capacity { get; init; }

    /// <summary>Connections that are committing; null when it does not say, as before its first heartbeat.</summary>
    public required int? BusyLanes { get; init; }

    /// <summary>Memory of batches that are being filled or wait for a connection, bytes; null when it does not say.</summary>
    public required long? BatchMemoryUsedBytes { get; init; }

    /// <summary>The limit of that memory, bytes; null when it does not say.</summary>
    public required long? BatchMemoryLimitBytes { get; init; }

    /// <summary>Files that it reads and parses at this moment; null when it does not say.</summary>
    public required int? BusyParsers { get; init; }

    /// <summary>Files that it reads and parses at once, at most; null when it does not say.</summary>
    public required int? Parsers { get; init; }

    /// <summary>Rows committed per second, over the last 10 s.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its last sign of life, by the database's clock.</summary>
    public required DateTimeOffset HeartbeatAt { get; init; }

    /// <summary>When it left or was declared dead.</summary>
    public required DateTimeOffset? LeftAt { get; init; }

    /// <summary>Age of that sign.</summary>
    public required double SecondsSinceHeartbeat { get; init; }
}
