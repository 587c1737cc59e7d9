namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A process that works, or worked, on the ledger.</summary>
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

    /// <summary><c>alive</c>, <c>draining</c>, <c>left</c> or <c>dead</c>.</summary>
    public required string State { get; init; }

    /// <summary>Processors.</summary>
    public required int Cores { get; init; }

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
