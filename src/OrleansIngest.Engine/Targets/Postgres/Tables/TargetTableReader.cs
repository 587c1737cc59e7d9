using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The two catalogue queries behind <see cref="TargetTable.ReadAsync"/>.</summary>
sealed class TargetTableReader(NpgsqlConnection connection, string qualifiedName)
{
    // parse_ident refuses a malformed name in every version; to_regclass alone only does so before PostgreSQL 16.
    const string FindTable =
        """
        SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text,
            quote_ident(n.nspname) || '.' || quote_ident(c.relname),
               has_any_column_privilege(c.oid, 'INSERT'), row_security_active(c.oid),
               EXISTS (SELECT FROM pg_catalog.pg_trigger t
                       WHERE (t.tgrelid = c.oid OR t.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)))
                           AND t.tgtype & 7 = 7 AND NOT t.tgisinternal AND t.tgenabled <> 'D'),
               NOT c.relhasrules AND has_database_privilege(current_database(), 'TEMP')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass((SELECT string_agg(quote_ident(part), '.' ORDER BY place)
            FROM unnest(parse_ident($1)) WITH ORDINALITY p(part, place)))
        """;

    // A domain may be based on another: the type modifier is that of the last domain, NOT NULL and DEFAULT of any.
    const string ReadColumns =
        """
        SELECT a.attname::text, a.attnum, a.atttypid::bigint, format_type(a.atttypid, a.atttypmod), d.base::bigint, d.typmod,
               a.attnotnull OR d.not_null,
               a.atthasdef OR a.attidentity <> '' OR d.has_default,
               a.attgenerated <> '',
               format_type(d.base, d.typmod),
               ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = d.base ORDER BY e.enumsortorder),
               (SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname)
                FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                    JOIN pg_catalog.pg_type b ON b.oid = d.base
                WHERE l.oid = a.attcollation AND l.oid <> b.typcollation)
        FROM pg_catalog.pg_attribute a
        CROSS JOIN LATERAL (
            WITH RECURSIVE chain AS (
                SELECT 0 AS level, t.oid, a.atttypmod AS typmod, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
                       t.typdefault IS NOT NULL AS has_default
                FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                UNION ALL
                SELECT c.level + 1, t.oid, c.typtypmod, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
                       t.typdefault IS NOT NULL
                FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.typbasetype WHERE c.typtype = 'd'
            )
            SELECT (array_agg(oid ORDER BY level DESC))[1] AS base, (array_agg(typmod ORDER BY level DESC))[1] AS typmod,
                   bool_or(typnotnull) AS not_null, bool_or(has_default) AS has_default
            FROM chain
        ) d
        WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;

    public async Task<TargetTable> ReadAsync(CancellationToken cancellationToken)
    {
        var table = await FindAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new TargetTableException(
                $"Table {qualifiedName} does not exist (search_path: "
                    + $"{await SearchPathAsync(cancellationToken).ConfigureAwait(false)})."
                + await NearTables.SuggestAsync(connection, qualifiedName, cancellationToken).ConfigureAwait(false))
            { IsMissing = true };

        await using var command = new NpgsqlCommand(ReadColumns, connection);
        command.Parameters.Add(new() { Value = (long)table.Oid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var columns = new List<TargetColumn>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            columns.Add(new TargetColumn
            {
                Name = reader.GetString(0),
                Number = reader.GetInt16(1),
                TypeOid = (uint)reader.GetInt64(2),
                TypeName = reader.GetString(3),
                BaseTypeOid = (uint)reader.GetInt64(4),
                TypeModifier = reader.GetInt32(5),
                NotNull = reader.GetBoolean(6),
                HasDefault = reader.GetBoolean(7),
                IsGenerated = reader.GetBoolean(8),
                BaseTypeName = reader.GetString(9),
                EnumLabels = reader.GetFieldValue<string[]>(10),
                Collation = reader.IsDBNull(11) ? null : reader.GetString(11),
            });
        }

        return table with { Columns = columns };
    }

    async Task<TargetTable?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(FindTable, connection);
            command.Parameters.Add(new() { Value = qualifiedName });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                return null;

            var quotedName = reader.GetString(4);
            if (WhyNotLoadable(reader.GetString(3)[0], reader.GetBoolean(5), reader.GetBoolean(6)) is { } reason)
                throw new TargetTableException($"{quotedName} cannot be loaded: {reason}.");
            return new TargetTable
            {
                Oid = (uint)reader.GetInt64(0),
                Schema = reader.GetString(1),
                Name = reader.GetString(2),
                QuotedName = quotedName,
                WrittenName = qualifiedName,
                MayDiscardRows = reader.GetBoolean(7),
                MayStage = reader.GetBoolean(8),
                Columns = [],
            };
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.InvalidParameterValue
            or PostgresErrorCodes.InvalidName or PostgresErrorCodes.SyntaxError
            or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new TargetTableException($"Table {qualifiedName} cannot be looked up: {error.MessageText}.", error);
        }
    }

    static string? WhyNotLoadable(char relationKind, bool mayInsert, bool rowSecurity) => relationKind switch
    {
        'v' => "it is a view, not a table",
        'm' => "it is a materialized view, not a table",
        'f' => "it is a foreign table, whose rows would not commit together with the ledger",
        not ('r' or 'p') => "it is not a table",
        _ when !mayInsert => "this database user has no INSERT privilege on it",
        _ when rowSecurity => "row-level security applies to this database user, and COPY does not support it",
        _ => null,
    };

    async Task<string> SearchPathAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SHOW search_path", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
