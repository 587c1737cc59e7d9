using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Which nodes are alive, and the release of the files of dead ones.</summary>
public sealed class NodeLedger(NpgsqlDataSource dataSource)
{
    /// <summary>A node without a heartbeat for this long is dead, even if its connections are open: it hangs, or is cut off. With
    /// two seconds between heartbeats and one between rounds, a hung silo has lost its files after 6 to 9 s.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(8);

    /// <summary>The advisory lock that a node's heartbeat connection holds while it lives: PostgreSQL releases it when the
    /// process dies.</summary>
    public static long LockKeyOf(NodeId node) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(node.Value)));

    /// <summary>Declares nodes dead whose lock is free, or that are silent, and ends their remaining sessions.</summary>
    /// <param name="self">The caller, which does not declare itself dead.</param>
    /// <param name="canDeclareDead">Whether it may declare silent nodes dead (<see cref="HeartbeatRegularity"/>); a free lock
    /// proves the death in any case.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The nodes that were found dead, with the reason.</returns>
    public async Task<IReadOnlyList<(NodeId Node, string Reason)>> ReapNodesAsync(
        NodeId self, bool canDeclareDead, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $$"""
            WITH dead AS (
                UPDATE ingest.node n SET state = 'dead', left_at = clock_timestamp()
                FROM (SELECT c.node, c.heartbeat_at < clock_timestamp() - $2 AS silent FROM ingest.node c
                      WHERE {{IsDead("c", "$1", "$3", "$2")}}
                      FOR UPDATE SKIP LOCKED) d
                WHERE n.node = d.node
                RETURNING n.node, CASE WHEN d.silent THEN 'no heartbeat' ELSE 'its process is gone' END AS reason
            ), noted AS (
                INSERT INTO ingest.history (kind, node, detail) SELECT 'node.dead', node, reason FROM dead
            )
            SELECT node, reason FROM dead
            """);
        command.Parameters.Add(new() { Value = self.Value });
        command.Parameters.Add(new() { Value = SilentAfter });
        command.Parameters.Add(new() { Value = canDeclareDead });
        var dead = new List<(NodeId, string)>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) dead.Add((new NodeId(reader.GetString(0)), reader.GetString(1)));
        }

        if (dead.Count > 0) await EndSessionsAsync(dead.Select(d => d.Item1), cancellationToken);
        return dead;
    }

    /// <summary>Whether there is nobody to declare dead and nothing to release: no other node has joined without leaving, and
    /// no file is being loaded. In a session that has planned nothing yet, this takes a tenth of the time of looking for
    /// them.</summary>
    public async Task<bool> IsAloneAsync(NodeId self, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT NOT EXISTS (SELECT FROM ingest.node WHERE state IN ('alive', 'draining') AND node <> $1)
                AND NOT EXISTS (SELECT FROM ingest.file WHERE status = {FileStatusSql.Loading})
            """);
        command.Parameters.Add(new() { Value = self.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Those of the nodes that no longer exist: they left, were declared dead, or their lock is free. Nodes that never
    /// joined this ledger are not included.</summary>
    public async Task<IReadOnlySet<string>> GoneAmongAsync(IEnumerable<string> nodes, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT c.node FROM ingest.node c WHERE c.node = ANY($1) AND (c.state NOT IN ('alive', 'draining') OR "
                + $"{LockIsFree("c")})");
        command.Parameters.Add(new() { Value = nodes.ToArray() });
        var gone = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) gone.Add(reader.GetString(0));
        return gone;
    }

    /// <summary>SQL: whether a node that is recorded as alive is dead.</summary>
    /// <param name="node">The alias of its row.</param>
    /// <param name="self">The node that decides.</param>
    /// <param name="canDeclareDead">Whether it may treat silence as death.</param>
    /// <param name="silentAfter">The duration of silence that counts as death.</param>
    internal static string IsDead(string node, string self, string canDeclareDead, string silentAfter) =>
        $"""
        {node}.state IN ('alive', 'draining') AND {node}.node <> {self} AND (
            {canDeclareDead} AND {node}.heartbeat_at < clock_timestamp() - {silentAfter} OR {LockIsFree(node)})
        """;

    /// <summary>SQL: whether the process of a node is gone. A server that has just started has no locks, so their holders get
    /// time to reconnect.</summary>
    static string LockIsFree(string node) =>
        $"""
        clock_timestamp() - pg_postmaster_start_time() > interval '5 s' AND NOT EXISTS (
            SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND l.classid = (({node}.lock_key >> 32) & 4294967295)::oid AND l.objid = ({node}.lock_key & 4294967295)::oid)
        """;

    /// <summary>Whether a node has ever joined this ledger.</summary>
    public async Task<bool> KnowsAsync(NodeId node, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT EXISTS (SELECT FROM ingest.node WHERE node = $1)");
        command.Parameters.Add(new() { Value = node.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Makes the files of nodes that are dead or have left ready again; one whose owners died repeatedly is quarantined.
    /// A session that still holds one of them in mid-COPY is ended.</summary>
    /// <returns>The files, by the node that had them.</returns>
    public async Task<IReadOnlyList<(FileId File, NodeId Owner)>> FreeFilesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryFreeFilesAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await EndSessionsAsync(await GoneOwnersAsync(cancellationToken), cancellationToken);
            return []; // the next round frees them
        }
    }

    /// <summary>The live silos that run a pipeline, with their free capacity. A silo that has not reported its configuration
    /// counts as running it.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="only">Only this node, of any kind; null for the silos.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<NodeLoad>> NodeLoadsAsync(string pipeline, NodeId? only, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT n.node, n.address, n.capacity,
                (SELECT count(*)::integer FROM ingest.file f WHERE f.status = {FileStatusSql.Loading} AND f.owner_node = n.node),
                greatest(clock_timestamp() - n.started_at, interval '0')
            FROM ingest.node n WHERE n.state = 'alive' AND {NodeConfigurations.MayRun("n.node", "$1")}
                AND {(only is null ? $"n.kind = '{NodeKind.Silo}'" : "n.node = $2")}
            ORDER BY n.node
            """);
        command.Parameters.Add(new() { Value = pipeline });
        if (only is { } node) command.Parameters.Add(new() { Value = node.Value });
        var standing = new List<NodeLoad>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            standing.Add(new NodeLoad(
                new NodeId(reader.GetString(0)), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt32(2),
                reader.GetInt32(3), reader.GetTimeSpan(4)));
        }

        return standing;
    }

    /// <summary>Releases files that a node owns according to the ledger, but does not know: their claims were lost in
    /// transit.</summary>
    /// <param name="node">Their owner.</param>
    /// <param name="olderThan">Younger claims may still be in transit.</param>
    /// <param name="known">The node's files in progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<int> ReleaseLostClaimsAsync(
        NodeId node, TimeSpan olderThan, IReadOnlyCollection<FileId> known, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.file f SET {FileTransitions.Lose.Set}
            WHERE {FileTransitions.Lose.IsAllowed} AND f.owner_node = $1 AND f.claimed_at < clock_timestamp() - $2
                AND f.file_id <> ALL ($3)
            """);
        command.Parameters.Add(new() { Value = node.Value });
        command.Parameters.Add(new() { Value = olderThan });
        command.Parameters.Add(new() { Value = known.Select(f => f.Value).ToArray() });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task<IReadOnlyList<(FileId, NodeId)>> TryFreeFilesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL lock_timeout = '500ms'"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            WITH gone AS (
                -- A claim of which something was committed has moved on; a node that left in good order says nothing against its
                -- files.
                SELECT c.file_id, n.node, coalesce((p.config ->> 'maxOwnerDeaths')::integer, $1) AS most,
                    CASE WHEN n.state = 'left' THEN c.owner_deaths
                         WHEN EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = c.file_id AND b.epoch = c.epoch) THEN 0
                         ELSE c.owner_deaths + 1 END AS deaths
                FROM ingest.file c JOIN ingest.node n ON n.node = c.owner_node JOIN ingest.pipeline p ON p.name = c.pipeline
                WHERE c.status = {FileStatusSql.Loading} AND n.state IN ('dead', 'left')
            ), freed AS (
                UPDATE ingest.file f SET owner_deaths = g.deaths,
                    {FileTransitions.Free.SetTo(
                        $"CASE WHEN g.deaths >= g.most THEN {FileStatusSql.Quarantined} ELSE {FileStatusSql.Ready} END")},
                    reason = CASE WHEN g.deaths >= g.most
                        THEN format('%s consecutive workers crashed while loading this file without committing anything; '
                            'the last was node %s. Check their logs, then run: ingest retry', g.deaths, g.node)
                        ELSE format('node %s is gone', g.node) END,
                    finished_at = CASE WHEN g.deaths >= g.most THEN clock_timestamp() END
                FROM gone g WHERE f.file_id = g.file_id AND {FileTransitions.Free.IsAllowed} AND f.owner_node = g.node
                RETURNING f.file_id, g.node, f.pipeline, f.status, f.reason
            ), noted AS (
                INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                SELECT 'file.quarantined', pipeline, file_id, node, reason FROM freed
                WHERE status = {FileStatusSql.Quarantined}
            )
            SELECT file_id, node FROM freed
            """)
        { Parameters = { new() { Value = Pipelines.PipelineOptions.StandardMaxOwnerDeaths } } });
        var freed = new List<(FileId, NodeId)>();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                freed.Add((new FileId(reader.GetInt64(0)), new NodeId(reader.GetString(1))));
        }

        await transaction.CommitAsync(cancellationToken);
        return freed;
    }

    async Task<IReadOnlyList<NodeId>> GoneOwnersAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT DISTINCT n.node FROM ingest.file f JOIN ingest.node n ON f.owner_node = n.node
            WHERE f.status = {FileStatusSql.Loading} AND n.state IN ('dead', 'left')
            """);
        var owners = new List<NodeId>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) owners.Add(new NodeId(reader.GetString(0)));
        return owners;
    }

    /// <summary>A node that hangs in mid-COPY keeps its transaction, and so its locks, for as long as TCP lives.</summary>
    async Task EndSessionsAsync(IEnumerable<NodeId> nodes, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
                AND EXISTS (SELECT FROM unnest($1::text[]) AS n (node)
                    WHERE starts_with(a.application_name, 'ingest/' || n.node || '/'))
            """);
        command.Parameters.Add(new() { Value = nodes.Select(n => n.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
