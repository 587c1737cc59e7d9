using System.Reflection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Sends a heartbeat every two seconds, on a connection that holds the node's advisory lock. When the process dies,
/// PostgreSQL releases the lock at once, which every other node can see.</summary>
public sealed class NodeHeartbeat : IAsyncDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    readonly NpgsqlDataSource _dataSource;
    readonly NpgsqlDataSource _ledger;
    readonly NodeDescription _node;
    readonly NodeGauges _gauges;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly HeartbeatRegularity _regularity;
    readonly CancellationTokenSource _stop = new();
    NpgsqlConnection? _connection;
    Task _running = Task.CompletedTask;
    TimeSpan _cpuBefore;
    long _measuredAt;
    volatile bool _draining;

    NodeHeartbeat(NpgsqlDataSource dataSource, NpgsqlDataSource ledger, NodeDescription node, NodeGauges gauges,
        TimeProvider time, ILogger logger)
    {
        _dataSource = dataSource;
        _ledger = ledger;
        _node = node;
        _gauges = gauges;
        _time = time;
        _logger = logger;
        _regularity = new HeartbeatRegularity(time);
    }

    /// <summary>Time since a heartbeat reached the database, or since the node joined.</summary>
    public TimeSpan SinceBeat => _regularity.SinceBeat;

    /// <summary>Whether this node may declare silent nodes dead (<see cref="HeartbeatRegularity"/>).</summary>
    public bool IsRegular => _regularity.IsRegular;

    /// <summary>Joins the ledger; returns when the node is visible and its lock held.</summary>
    /// <param name="dataSource">Supplies the connection that holds the lock.</param>
    /// <param name="ledger">Other connections, for reporting that the node drains and leaves.</param>
    /// <param name="node">The node that joins.</param>
    /// <param name="gauges">Its current measurements.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="logger">Logs missed heartbeats.</param>
    /// <param name="cancellationToken">Cancels joining.</param>
    public static async Task<NodeHeartbeat> StartAsync(
        NpgsqlDataSource dataSource, NpgsqlDataSource ledger, NodeDescription node, NodeGauges gauges, TimeProvider time,
        ILogger logger, CancellationToken cancellationToken)
    {
        var heartbeat = new NodeHeartbeat(dataSource, ledger, node, gauges, time, logger);
        await heartbeat.ConnectAsync(cancellationToken);
        heartbeat._running = heartbeat.RunAsync();
        EngineLog.NodeJoined(logger, node.Node.Value, node.Lanes);
        return heartbeat;
    }

    /// <summary>Announces that this node takes no more files.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        await using var command = _ledger.CreateCommand(
            "UPDATE ingest.node SET state = 'draining' WHERE node = $1 AND state = 'alive'");
        command.Parameters.Add(new() { Value = _node.Node.Value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Leaves the ledger; the node's remaining files become ready.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await LeaveAsync();
            EngineLog.NodeLeft(_logger, _node.Node.Value);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or InvalidOperationException
            or TimeoutException)
        {
            // The database is unavailable: the node will be declared dead instead, with the same effect.
        }

        if (_connection is not null) await _connection.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Not on the heartbeat's own connection: the cancellation of a beat in progress may arrive late, and hit this
    /// instead.</summary>
    async Task LeaveAsync()
    {
        const string Mine = "f.owner_node = $1";
        await using var leaving = _ledger.CreateBatch();
        leaving.Timeout = 2;
        leaving.BatchCommands.Add(new NpgsqlBatchCommand(
            "UPDATE ingest.node SET state = 'left', left_at = clock_timestamp(), active_files = 0 WHERE node = $1"));
        // A statement of its own: a claim that the first waited for is seen only by the second.
        leaving.BatchCommands.Add(new NpgsqlBatchCommand(
            $"SELECT EXISTS (SELECT FROM ingest.file f WHERE {FileTransitions.Leave.IsAllowed} AND {Mine})"));
        foreach (NpgsqlBatchCommand command in leaving.BatchCommands) command.Parameters.Add(NodeParameter());
        if (await leaving.ExecuteScalarAsync() is false) return; // the triggers of an update take a load 3 ms

        // Releases files that were not handed back one by one, for example claims that arrived at the last moment: they need not
        // wait for the next round of a coordinator, which may be moving to another silo.
        await using var release = _ledger.CreateCommand(
            $"UPDATE ingest.file f SET {FileTransitions.Leave.Set} WHERE {FileTransitions.Leave.IsAllowed} AND {Mine}");
        release.CommandTimeout = leaving.Timeout;
        release.Parameters.Add(NodeParameter());
        await release.ExecuteNonQueryAsync();

        NpgsqlParameter NodeParameter() => new() { Value = _node.Node.Value };
    }

    async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, _time, _stop.Token);
                using var answer = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                answer.CancelAfter(Answer);
                if (_connection is null) await ConnectAsync(answer.Token);
                else await BeatAsync(answer.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException
                or InvalidOperationException or TimeoutException)
            {
                EngineLog.HeartbeatMissed(_logger, _node.Node.Value, failure.Message);
                await CloseAsync();
            }
        }
    }

    async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            if (_node.MayHaveJoined || SinceBeat != TimeSpan.MaxValue) await EndOlderAsync(connection, cancellationToken);
            await using var join = new NpgsqlBatch(connection);
            join.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_advisory_lock($1)")
            { Parameters = { new() { Value = NodeLedger.LockKeyOf(_node.Node) } } });
            join.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                INSERT INTO ingest.node (node, kind, host, pid, version, address, cores, memory_bytes, lanes, capacity, state,
                    lock_key, machine, machine_cores,
                    machine_memory_bytes, ledger_version)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                ON CONFLICT (node) DO UPDATE SET state = excluded.state, ledger_version = excluded.ledger_version,
                    heartbeat_at = clock_timestamp(), left_at = NULL
                """)
            {
                Parameters =
                {
                    new() { Value = _node.Node.Value }, new() { Value = _node.Kind }, new() { Value = Environment.MachineName },
                    new() { Value = Environment.ProcessId }, new() { Value = Version() },
                    new() { Value = (object?)_node.Address ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                    new() { Value = Environment.ProcessorCount },
                    new() { Value = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes },
                    new() { Value = _node.Lanes }, new() { Value = _node.Capacity }, new() { Value = State() },
                    new() { Value = NodeLedger.LockKeyOf(_node.Node) }, new() { Value = Machine.Current.Id },
                    new() { Value = Machine.Current.Cores },
                    new() { Value = Machine.Current.MemoryBytes }, new() { Value = Migrations.Version },
                },
            });
            await join.ExecuteNonQueryAsync(cancellationToken);
            _regularity.Beat();
            _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends an older connection of this node that still holds the lock: a broken network can leave it behind.</summary>
    static async Task EndOlderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH ended AS (
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = current_setting('application_name')
                    AND usename = current_user AND pid <> pg_backend_pid()
            ) SELECT count(*) FROM ended
            """, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task BeatAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        var elapsed = _time.GetElapsedTime(_measuredAt, now).TotalSeconds;
        var percent = _measuredAt == 0 || elapsed <= 0 ? 0 : 100 * (cpu - _cpuBefore).TotalSeconds / elapsed;
        (_cpuBefore, _measuredAt) = (cpu, now);
        await using var command = new NpgsqlCommand(
            """
            UPDATE ingest.node n SET heartbeat_at = clock_timestamp(), cpu_percent = $2, rss_bytes = $3, active_files = $4,
                state = $5, left_at = NULL,
                lanes_busy = $6, batch_memory_used = $7, batch_memory_limit = $8, parsers_busy = $9, parsers = $10
            FROM (SELECT state FROM ingest.node WHERE node = $1) before WHERE n.node = $1 RETURNING before.state
            """, _connection);
        command.Parameters.Add(new() { Value = _node.Node.Value });
        command.Parameters.Add(new() { Value = (float)percent });
        command.Parameters.Add(new() { Value = Environment.WorkingSet });
        command.Parameters.Add(new() { Value = (int)_gauges.ActiveFiles() });
        command.Parameters.Add(new() { Value = State() });
        command.Parameters.Add(new() { Value = (int)_gauges.BusyLanes() });
        command.Parameters.Add(new() { Value = _gauges.MemoryUsed() });
        command.Parameters.Add(new() { Value = _gauges.MemoryLimit });
        command.Parameters.Add(new() { Value = (int)_gauges.BusyParsers() });
        command.Parameters.Add(new() { Value = (int)_gauges.Parsers });
        var before = await command.ExecuteScalarAsync(cancellationToken);
        _regularity.Beat();
        if (before is "dead") EngineLog.NodeRevived(_logger, _node.Node.Value);
    }

    async Task CloseAsync()
    {
        if (_connection is null) return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    string State() => _draining ? "draining" : "alive";

    static string Version() => Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";
}
