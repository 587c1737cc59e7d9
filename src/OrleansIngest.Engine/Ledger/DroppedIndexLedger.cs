using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Indexes that bulk loads dropped. A row of <c>ingest.dropped_index</c> and the index
/// that it describes replace each other within one transaction, so that at any moment exactly one of them exists.</summary>
public sealed class DroppedIndexLedger(NpgsqlDataSource dataSource)
{
    const string Columns =
        "d.index_id, d.target, d.index_name, d.pipeline, d.node, d.dropped_at, ingest.is_awaited(d, '{}'), d.attempts, d.error";

    const string IsDue = "(d.next_attempt_at IS NULL OR d.next_attempt_at <= clock_timestamp())";

    static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1), LongestRetry = TimeSpan.FromHours(1);

    /// <summary>Reads all of them with <see cref="Read"/>, oldest first.</summary>
    internal const string All = $"SELECT {Columns} FROM ingest.dropped_index d ORDER BY d.dropped_at, d.index_id";

    /// <summary>All of them, oldest first.</summary>
    public async Task<IReadOnlyList<DroppedIndex>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(All);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<DroppedIndex>();
        while (await reader.ReadAsync(cancellationToken)) all.Add(Read(reader));
        return all;
    }

    /// <summary>Number of a pipeline's indexes that its silos will build, at once or after the backlog, and of those that could
    /// not be built.</summary>
    public async Task<(long Pending, long Failed)> CountAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $$"""
            SELECT count(*) FILTER (WHERE {{IsDue}}), count(*) FILTER (WHERE NOT {{IsDue}})
            FROM ingest.dropped_index d WHERE d.pipeline = $1 AND (d.node IS NULL OR NOT ingest.is_awaited(d, '{}'))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Whether indexes that were dropped for a pipeline are being built, or are to be built at once.</summary>
    public async Task<bool> IsBuildingAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $$"""
            SELECT EXISTS (SELECT FROM ingest.dropped_index d
                WHERE d.pipeline = $1 AND {{IsDue}} AND NOT ingest.is_awaited(d, ARRAY[$1]))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Bytes of the files of a pipeline that wait for a node.</summary>
    public async Task<long> WaitingBytesAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT bytes FROM ingest.file_total WHERE pipeline = $1 AND status = {FileStatusSql.Ready}");
        command.Parameters.Add(new() { Value = pipeline });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>Adopts the indexes of a table that a dead load or silos left behind, unless they are being built: a new load
    /// rebuilds them after it has loaded its files.</summary>
    /// <returns>How many.</returns>
    public async Task<int> AdoptAsync(string table, NodeId node, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            UPDATE ingest.dropped_index SET node = $2, backlog_to = NULL WHERE index_id IN (
                SELECT d.index_id FROM ingest.dropped_index d
                WHERE d.target = $1 AND d.node IS DISTINCT FROM $2 AND NOT ingest.is_awaited(d, '{}') FOR UPDATE SKIP LOCKED)
            """);
        command.Parameters.Add(new() { Value = table });
        command.Parameters.Add(new() { Value = node.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether another process's index may be abandoned: nothing waits for it or builds it, and it has not failed
    /// recently; or the load that was to build it is silent.</summary>
    public async Task<bool> MayBeLeftAsync(NodeId node, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $$"""
            SELECT d.index_id FROM ingest.dropped_index d
            WHERE d.node IS DISTINCT FROM $1 AND CASE WHEN ingest.is_awaited(d, '{}')
                THEN EXISTS (SELECT FROM ingest.node n
                    WHERE n.node = d.node AND n.heartbeat_at < clock_timestamp() - interval '4 s')
                ELSE {{IsDue}} END
            LIMIT 1 FOR UPDATE OF d SKIP LOCKED
            """);
        command.Parameters.Add(new() { Value = node.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Records that an index could not be built; silos retry after a minute, then after twice as long, an hour at
    /// most.</summary>
    /// <returns>False if it is no longer dropped.</returns>
    public async Task<bool> FailAsync(DroppedIndex index, NodeId node, string error, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH failed AS (
                UPDATE ingest.dropped_index SET attempts = attempts + 1, error = $2, failed_at = clock_timestamp(),
                    next_attempt_at = clock_timestamp() + least($4, $3 * power(2, least(attempts, 20)))
                WHERE index_id = $1 RETURNING pipeline, index_name
            )
            INSERT INTO ingest.history (kind, pipeline, node, detail)
            SELECT 'index.failed', pipeline, $5, index_name || ' could not be rebuilt: ' || $2 FROM failed
            """);
        command.Parameters.Add(new() { Value = index.Id });
        command.Parameters.Add(new() { Value = error });
        command.Parameters.Add(new() { Value = FirstRetry });
        command.Parameters.Add(new() { Value = LongestRetry });
        command.Parameters.Add(new() { Value = node.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Drops indexes and stores their definitions, in the caller's transaction, which holds the table's lock.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="table">Quoted, with its schema.</param>
    /// <param name="indexes">Of <see cref="PlainIndexes.Droppable"/>.</param>
    /// <param name="rows">Approximate number of rows that the table will have: the largest index is built first.</param>
    /// <param name="pipeline">The pipeline whose files are loaded.</param>
    /// <param name="node">The load that rebuilds them; null for silos, when the files that the pipeline has now are
    /// loaded.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task DropAsync(
        NpgsqlConnection connection, string table, IReadOnlyList<string> indexes, long rows, string pipeline, NodeId? node,
        CancellationToken cancellationToken)
    {
        await using (var keep = new NpgsqlCommand(
            """
            WITH kept AS (
                INSERT INTO ingest.dropped_index (target, relation, relation_name, index_name, definition, tablespace, parts,
                    afterwards, estimated_bytes, pipeline, node, backlog_to)
                SELECT $1, i.relation, i.relation_name, i.index_name, i.definition, i.tablespace, i.parts,
                    i.afterwards, CASE WHEN i.parts = '{}' THEN $3 * (i.key_bytes + 20) END, $4, $5,
                    CASE WHEN $5 IS NULL THEN coalesce((SELECT max(file_id) FROM ingest.file WHERE pipeline = $4), 0) END
                FROM ingest.plain_indexes(to_regclass($1)::oid) WITH ORDINALITY i WHERE i.whole = ANY ($2) ORDER BY i.ordinality
                RETURNING index_name
            )
            INSERT INTO ingest.history (kind, pipeline, node, detail)
            SELECT 'index.dropped', $4, $5, index_name || ' of ' || $1 || ' was dropped for a bulk load' FROM kept
            """, connection))
        {
            keep.Parameters.Add(new() { Value = table });
            keep.Parameters.Add(new() { Value = indexes.ToArray() });
            keep.Parameters.Add(new() { Value = rows });
            keep.Parameters.Add(new() { Value = pipeline });
            keep.Parameters.Add(new() { Value = (object?)node?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await keep.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var drop = new NpgsqlCommand($"DROP INDEX {string.Join(", ", indexes)}", connection);
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Locks the next index to build, largest first, until the transaction
    /// ends.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="node">Builds its own; those of others only if no files wait for them.</param>
    /// <param name="starting">Pipelines of a silo that has just started: they count as running.</param>
    /// <param name="tried">Indexes to exclude.</param>
    /// <param name="atOnce">Whether to retry other processes' indexes that failed recently.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<DroppedIndex?> TakeAsync(
        NpgsqlConnection connection, NodeId node, IReadOnlyList<string> starting, IReadOnlyCollection<long> tried, bool atOnce,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT {Columns} FROM ingest.dropped_index d
            WHERE (d.node = $1 OR NOT ingest.is_awaited(d, $2)) AND d.index_id <> ALL ($3) AND ($4 OR d.node = $1 OR {IsDue})
                AND NOT EXISTS (SELECT FROM ingest.dropped_index p WHERE p.index_name = ANY (d.parts))
            ORDER BY d.estimated_bytes DESC NULLS LAST, d.index_id LIMIT 1 FOR UPDATE OF d SKIP LOCKED
            """, connection);
        command.Parameters.Add(new() { Value = node.Value });
        command.Parameters.Add(new() { Value = starting.ToArray() });
        command.Parameters.Add(new() { Value = tried.ToArray() });
        command.Parameters.Add(new() { Value = atOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Removes the time limit for building an index, and sets its memory: the server's maintenance memory, or this
    /// session's share of <c>shared_buffers</c> if that is more, 1 GiB at most. A B-tree of at most 256 MiB gets 8 to 12 MiB
    /// if there are others for the other sessions.</summary>
    /// <remarks>Sorting runs that fit into the processor's cache takes a fifth less processor time than runs of 32 MiB or more.
    /// PostgreSQL sorts about twice the bytes of the index, and merges (memory / 272 KiB) runs at once: one pass is enough. With
    /// less than 64 MiB it uses no parallel workers, so an index that is built alone gets more.</remarks>
    internal static async Task PrepareAsync(
        NpgsqlConnection connection, DroppedIndex index, int sessions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings
            WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
            UNION ALL
            SELECT set_config(m.name,
                least(s.most, greatest(m.setting::bigint, least(1048576, b.setting::bigint * 8 / $1))) || 'kB', true)
            FROM pg_catalog.pg_settings m, pg_catalog.pg_settings b, (
                SELECT CASE WHEN d.estimated_bytes <= 256 << 20 AND d.definition LIKE '% USING btree %'
                    AND (SELECT count(*) >= greatest(2, $1) FROM ingest.dropped_index)
                    THEN 8192 + d.estimated_bytes / 65536 END AS most
                FROM ingest.dropped_index d WHERE d.index_id = $2) s
            WHERE m.name = 'maintenance_work_mem' AND b.name = 'shared_buffers'
            """, connection)
        { Parameters = { new() { Value = sessions }, new() { Value = index.Id } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Builds a locked index, in the transaction that locked it.</summary>
    /// <returns>False when its table was dropped.</returns>
    internal static async Task<bool> BuildAsync(
        NpgsqlConnection connection, DroppedIndex index, NodeId node, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH done AS MATERIALIZED (SELECT ingest.rebuild_index($1) AS outcome), noted AS (
                INSERT INTO ingest.history (kind, pipeline, node, detail)
                SELECT CASE outcome WHEN 'gone' THEN 'index.gone' ELSE 'index.built' END, $2, $3, $4 || CASE outcome
                    WHEN 'gone' THEN ' will not be rebuilt: its table was dropped'
                    WHEN 'found' THEN ' had already been recreated' ELSE ' was rebuilt' END
                FROM done
            )
            SELECT outcome <> 'gone' FROM done
            """, connection);
        command.Parameters.Add(new() { Value = index.Id });
        command.Parameters.Add(new() { Value = index.Pipeline });
        command.Parameters.Add(new() { Value = node.Value });
        command.Parameters.Add(new() { Value = index.Name });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    internal static DroppedIndex Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetBoolean(6),
        reader.GetInt32(7), reader.IsDBNull(8) ? null : reader.GetString(8));
}
