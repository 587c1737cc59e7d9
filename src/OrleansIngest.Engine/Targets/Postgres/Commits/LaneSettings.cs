using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The shared settings of a node's lanes.</summary>
sealed record LaneSettings
{
    public required NodeId Node { get; init; }

    public required NpgsqlDataSource DataSource { get; init; }

    public required DatabaseHealth Health { get; init; }

    public required TimeProvider Time { get; init; }

    public required LaneTelemetry Telemetry { get; init; }

    /// <summary>Called after a batch's commit, by the lane.</summary>
    public required Action<PendingBatch> OnCommitted { get; init; }

    /// <summary>Whether a lane warms up when it first connects. A load does not: its first batch comes too soon.
    /// Default: false.</summary>
    public bool WarmsUp { get; init; }

    /// <summary>A group ends at this many bytes. Default: 8 MiB.</summary>
    public long GroupBytes { get; init; } = 8 << 20;

    /// <summary>A group ends at this many batches. Default: 256.</summary>
    public int GroupBatches { get; init; } = 256;
}
