using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of nodes.</summary>
public sealed class NodeViews(NpgsqlDataSource dataSource)
{
    const string Columns =
        """
        n.node, n.kind, n.host, n.pid, n.version, n.address, s.state, n.cores, n.memory_bytes, n.cpu_percent, n.rss_bytes,
        n.lanes, n.active_files, n.capacity, coalesce(r.rows, 0) / 10.0::float8, n.started_at, n.heartbeat_at, n.left_at,
        greatest(0, extract(epoch FROM clock_timestamp() - n.heartbeat_at))::float8,
        coalesce(n.machine, n.host), coalesce(n.machine_cores, n.cores), coalesce(n.machine_memory_bytes, n.memory_bytes),
        n.lanes_busy, n.batch_memory_used, n.batch_memory_limit, n.parsers_busy, n.parsers
        """;

    static readonly string From =
        $"""
        FROM ingest.node n CROSS JOIN LATERAL (SELECT {NodeStates.Sql} AS state) s LEFT
            JOIN (SELECT node, sum(rows_loaded)::float8 AS rows FROM ingest.batch
            WHERE committed_at > statement_timestamp() - interval '10 s' GROUP BY node) r USING (node)
        """;

    /// <summary>Working nodes, and those that ended within the last 24 hours; working ones first.</summary>
    public async Task<IReadOnlyList<NodeRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {Columns} {From} WHERE {NodeStates.RecentSql}
            ORDER BY array_position({NodeStates.AllSql}, s.state), n.left_at DESC NULLS FIRST, n.node LIMIT 1000
            """);
        return await command.ReadAllAsync(Read, cancellationToken);
    }

    /// <summary>One node, current or past; null if the ledger has none of this name.</summary>
    public async Task<NodeRow?> FindAsync(string node, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Columns} {From} WHERE n.node = $1");
        command.Parameters.Add(new() { Value = node });
        return (await command.ReadAllAsync(Read, cancellationToken)).FirstOrDefault();
    }

    static NodeRow Read(NpgsqlDataReader reader) => new()
    {
        Node = reader.GetString(0),
        Kind = reader.GetString(1),
        Host = reader.GetString(2),
        Pid = reader.GetInt32(3),
        Version = reader.GetString(4),
        Address = reader.Text(5),
        State = reader.GetString(6),
        Cores = reader.GetInt32(7),
        MemoryBytes = reader.GetInt64(8),
        CpuPercent = Math.Round(reader.GetFloat(9), 1),
        RssBytes = reader.GetInt64(10),
        Lanes = reader.GetInt32(11),
        ActiveFiles = reader.GetInt32(12),
        Capacity = reader.GetInt32(13),
        RowsPerSecond = reader.GetDouble(14),
        StartedAt = reader.Instant(15)!.Value,
        HeartbeatAt = reader.Instant(16)!.Value,
        LeftAt = reader.Instant(17),
        SecondsSinceHeartbeat = Math.Round(reader.GetDouble(18), 1),
        Machine = reader.GetString(19),
        MachineCores = reader.GetInt32(20),
        MachineMemoryBytes = reader.GetInt64(21),
        BusyLanes = reader.Int(22),
        BatchMemoryUsedBytes = reader.Long(23),
        BatchMemoryLimitBytes = reader.Long(24),
        BusyParsers = reader.Int(25),
        Parsers = reader.Int(26),
    };
}
