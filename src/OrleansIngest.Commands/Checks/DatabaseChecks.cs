using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Checks;

/// <summary>Checks that the database is reachable, and that this role has the privileges for loading.</summary>
static class DatabaseChecks
{
    const int OldestServer = 130000;

    /// <summary>Makes the checks.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="name">The database, human-readable.</param>
    /// <param name="checks">Gets the results.</param>
    /// <param name="cancellationToken">Ends the queries.</param>
    /// <returns>Whether the ledger's tables exist.</returns>
    public static async Task<bool> AddAsync(NpgsqlConnection connection, string name, CheckList checks,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_user::text,
                   COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), pg_is_in_recovery(),
                   has_database_privilege(current_database(), 'CREATE'),
                   EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = 'ingest' AND c.relname = 'schema_version'),
                   current_setting('max_connections')::int, current_setting('server_encoding')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var version = reader.GetString(0);
        var (isOld, user, encrypted, standby) = (reader.GetInt32(1) < OldestServer, reader.GetString(2), reader.GetBoolean(3),
            reader.GetBoolean(4));
        var (mayCreate, hasLedger, connections, encoding) = (reader.GetBoolean(5), reader.GetBoolean(6), reader.GetInt32(7),
            reader.GetString(8));
        await reader.CloseAsync();

        var detail =
            $"PostgreSQL {version} as {user}, {(encrypted ? "encrypted" : "not encrypted")}, at most "
                + $"{Counted.Of(connections, "connection")}";
        if (isOld)
            checks.Failed($"database {name}", $"{detail}; 13 is the oldest supported version");
        else if (standby)
            checks.Failed($"database {name}", $"{detail}; it is a read-only standby");
        else if (encoding != "UTF8")
            checks.Failed($"database {name}", $"{detail}; its encoding is {encoding}, but must be UTF8");
        else
            checks.Ok($"database {name}", detail);
        if (!hasLedger && mayCreate)
            checks.Warning("ledger", "schema ingest does not exist yet; ingest migrate, load and up create it");
        else if (!hasLedger)
            checks.Failed("ledger",
                $"schema ingest does not exist, and {user} may not create it: run ingest migrate as a role that may");
        else
            await LedgerAsync(connection, user, checks, cancellationToken);
        await CorruptRecordsAsync(connection, checks, cancellationToken);
        return hasLedger;
    }

    static async Task CorruptRecordsAsync(NpgsqlConnection connection, CheckList checks, CancellationToken cancellationToken)
    {
        try
        {
            await CorruptRecordsTable.CheckAsync(connection, cancellationToken);
        }
        catch (ForeignTableException foreign)
        {
            checks.Failed("corrupt_records", foreign.Message);
        }
    }

    static async Task LedgerAsync(NpgsqlConnection connection, string user, CheckList checks, CancellationToken cancellationToken)
    {
        // Every table that the ledger writes; what it owns it may write.
        await using var command = new NpgsqlCommand(
            """
            SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname) FILTER (WHERE NOT (
                       has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                       AND (c.relname = 'schema_version' OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE'))))
            FROM pg_class c WHERE c.relnamespace = 'ingest'::regnamespace AND c.relkind IN ('r', 'p')
            """,
            connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is string denied)
        {
            checks.Failed("ledger", $"{user} may not read and write {denied}");
            return;
        }

        await using var versionCommand = new NpgsqlCommand("SELECT max(version) FROM ingest.schema_version", connection);
        var version = await versionCommand.ExecuteScalarAsync(cancellationToken) as int? ?? 0;
        if (version == Migrations.Version)
            checks.Ok("ledger", $"schema ingest, version {version}, is readable and writable");
        else if (version < Migrations.Version)
            checks.Warning("ledger",
                $"schema ingest has version {version}, but this program needs {Migrations.Version}: run ingest migrate");
        else
            checks.Failed("ledger",
                $"schema ingest has version {version}, but this program supports only {Migrations.Version}: use a newer program");
    }
}
