using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>An index that may be dropped and built again (<c>ingest.plain_indexes</c>).</summary>
/// <param name="Name">Quoted, with its schema.</param>
/// <param name="Whole">The index of a partitioned table of which it is a part; otherwise itself. Dropping that index drops all of
/// its parts.</param>
/// <param name="TakesAnyRow">Whether its build cannot fail because of a value.</param>
/// <param name="KeyBytes">Approximate bytes of the columns of one entry.</param>
sealed record PlainIndex(string Name, string Whole, bool TakesAnyRow, int KeyBytes);

/// <summary>The facts about a table that are needed before its indexes are dropped.</summary>
sealed record PlainIndexes
{
    /// <summary>Bytes of an index entry in addition to its columns, including the free space of a page.</summary>
    const int EntryBytes = 20;

    /// <summary>In the order in which they can be built again.</summary>
    public required IReadOnlyList<PlainIndex> All { get; init; }

    /// <summary>Why they cannot be dropped and rebuilt, human-readable; null if they can.</summary>
    public required string? Obstacle { get; init; }

    /// <summary>Bytes of the table's rows, without indexes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Rows at the last ANALYZE or VACUUM; 0 before the first.</summary>
    public required long Rows { get; init; }

    /// <summary>Whether user-defined triggers process its rows.</summary>
    public required bool HasTriggers { get; init; }

    /// <summary>The indexes that can be dropped individually: without parts of others.</summary>
    /// <param name="onlyHarmless">Whether to omit those whose build may fail because of a value.</param>
    public IReadOnlyList<string> Droppable(bool onlyHarmless) =>
    [
        .. All.GroupBy(i => i.Whole).Where(parts => !onlyHarmless || parts.All(i => i.TakesAnyRow))
            .Select(parts => parts.Key).Order(StringComparer.Ordinal),
    ];

    /// <summary>Approximate size of some of them.</summary>
    /// <param name="droppable">From <see cref="Droppable"/>.</param>
    /// <param name="rows">Rows of the table by then.</param>
    public long Estimate(IReadOnlyCollection<string> droppable, long rows) =>
        All.Where(i => i.Name == i.Whole && droppable.Contains(i.Whole)).Sum(i => rows * (i.KeyBytes + EntryBytes));

    /// <summary>Reads the facts about a table.</summary>
    /// <param name="connection">Open, to a database with the ledger.</param>
    /// <param name="table">Quoted, with its schema.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<PlainIndexes> ReadAsync(
        NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT index_name, whole, takes_any_row, key_bytes,
                CASE WHEN tablespace <> '' AND NOT has_tablespace_privilege(tablespace, 'CREATE')
                    THEN format('the database user %s may not create an index in a tablespace of its', current_user) END
            -- The function takes 9 ms in a new session; a partition may have an index that its table does not have.
            FROM pg_catalog.pg_class t, LATERAL ingest.plain_indexes(t.oid)
            WHERE t.oid = to_regclass($1)::oid AND (t.relhasindex OR t.relkind = 'p')
            """)
        { Parameters = { new() { Value = table } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT CASE WHEN t.relkind NOT IN ('r', 'p') THEN 'it is not a table'
                        WHEN t.relpersistence = 't' THEN 'it is a temporary table'
                        WHEN t.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = t.oid)
                            THEN 'other tables inherit from it'
                        WHEN NOT o.is_owned THEN format('the database user %s does not own it', current_user)
                        WHEN NOT o.may_create
                            THEN format('the database user %s may not create an index in its schema', current_user) END,
                o.bytes, o.rows, o.has_triggers
            FROM pg_catalog.pg_class t, LATERAL (
                SELECT bool_and(pg_has_role(c.relowner, 'USAGE')) AS is_owned,
                    bool_and(has_schema_privilege(c.relnamespace, 'CREATE')) AS may_create,
                    coalesce(sum(pg_relation_size(c.oid)) FILTER (WHERE c.relkind = 'r'), 0)::bigint AS bytes,
                    coalesce(sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r'), 0)::bigint AS rows,
                    bool_or(EXISTS (SELECT FROM pg_catalog.pg_trigger g
                        WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)) AS has_triggers
                FROM (SELECT t.oid AS relid UNION SELECT p.relid::oid FROM pg_partition_tree(t.oid::regclass) p) s
                JOIN pg_catalog.pg_class c ON c.oid = s.relid) o
            WHERE t.oid = to_regclass($1)::oid
            """)
        { Parameters = { new() { Value = table } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var all = new List<PlainIndex>();
        string? barred = null; // read here, because finding the indexes is the slow part of both queries
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(new PlainIndex(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3)));
            if (!reader.IsDBNull(4)) barred = reader.GetString(4);
        }

        await reader.NextResultAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return new PlainIndexes { All = [], Obstacle = "it does not exist", Bytes = 0, Rows = 0, HasTriggers = false };
        return new PlainIndexes
        {
            All = all,
            Obstacle = reader.IsDBNull(0) ? barred : reader.GetString(0),
            Bytes = reader.GetInt64(1),
            Rows = reader.GetInt64(2),
            HasTriggers = reader.GetBoolean(3),
        };
    }
}
