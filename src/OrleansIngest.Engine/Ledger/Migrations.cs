using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Applies the files of <c>sql/</c>, which are embedded in the program.</summary>
public static class Migrations
{
    /// <summary>The ledger's version that this program reads and writes.</summary>
    public const int Version = 3;

    const string EventsScript = "sql/postgres_setup.sql";
    const long LockKey = 0x494E474553540001; // "INGEST", 1: only one program migrates at a time

    /// <summary>The names of the scripts, in the order in which they are applied.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith("sql/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    /// <summary>Brings the database to <see cref="Version"/>, in one transaction; does nothing if that is its version already, so
    /// that a node which joins a busy cluster locks no table.</summary>
    /// <param name="dataSource">A role that may create schemas.</param>
    /// <param name="cancellationToken">Ends the wait for another program's migration.</param>
    /// <param name="withEvents">Whether to create <c>public.events</c> too, the table of the built-in pipeline.</param>
    /// <returns>Whether anything was applied.</returns>
    /// <exception cref="LedgerVersionException">The database was migrated by a newer program.</exception>
    /// <exception cref="ForeignTableException">A table of another program has the name of one
    /// that this program needs.</exception>
    public static async Task<bool> ApplyAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken,
        bool withEvents = true)
    {
        var ledger = Scripts.Where(s => s != EventsScript).ToArray();
        var checksum = Checksum(ledger);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await CorruptRecordsTable.CheckAsync(connection, cancellationToken);
        var current = await IsCurrentAsync(connection, checksum, cancellationToken);
        var events = withEvents && !await ExistsAsync(connection, "public.events", cancellationToken);
        if (current && !events) return false;

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        current = await IsCurrentAsync(connection, checksum, cancellationToken);
        await ExecuteAsync(connection, "SET LOCAL client_min_messages = warning", cancellationToken);
        await RunAsync(connection, [.. current ? [] : ledger, .. events ? [EventsScript] : Array.Empty<string>()],
            cancellationToken);
        await using var record = new NpgsqlCommand(
            """
            INSERT INTO ingest.schema_version (version, checksum) VALUES ($1, $2)
            ON CONFLICT (version) DO UPDATE SET checksum = excluded.checksum, applied_at = now()
            """, connection)
        { Parameters = { new() { Value = Version }, new() { Value = checksum } } };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Whether a database has a ledger, of whatever version.</summary>
    public static Task<bool> HasLedgerAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExistsAsync(connection, "ingest.schema_version", cancellationToken);

    /// <summary>Creates a ledger for a transaction that is in progress and will be rolled back: a database without one can be
    /// examined then, and stays as it is.</summary>
    /// <exception cref="MigrationException">A script failed, such as for a role that may not create schemas.</exception>
    public static async Task ApplyWithinAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "SET LOCAL client_min_messages = warning", cancellationToken);
        await RunAsync(connection, [.. Scripts.Where(s => s != EventsScript)], cancellationToken);
    }

    static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<string> scripts, CancellationToken cancellationToken)
    {
        foreach (var name in scripts)
        {
            var text = Read(name);
            try
            {
                await ExecuteAsync(connection, text, cancellationToken);
            }
            catch (PostgresException failure)
            {
                throw new MigrationException(
                    $"{name} line {LineOf(text, failure.Position)}: {failure.MessageText} ({failure.SqlState})", failure);
            }
        }
    }

    static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, string checksum, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(connection, "ingest.schema_version", cancellationToken)) return false;
        await using var command = new NpgsqlCommand(
            "SELECT version, checksum FROM ingest.schema_version ORDER BY version DESC LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return false;
        var version = reader.GetInt32(0);
        if (version > Version) throw new LedgerVersionException(version, Version);
        return version == Version && reader.GetString(1) == checksum;
    }

    static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection)
        { Parameters = { new() { Value = table } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Of the scripts' bytes, with a zero byte between two of them.</summary>
    static string Checksum(IReadOnlyList<string> scripts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[16 << 10];
        for (var i = 0; i < scripts.Count; i++)
        {
            if (i > 0) hash.AppendData([0]);
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(scripts[i])!;
            while (stream.Read(buffer) is > 0 and var count) hash.AppendData(buffer.AsSpan(0, count));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static int LineOf(string text, int position) => 1 + text.AsSpan(0, Math.Clamp(position - 1, 0, text.Length)).Count('\n');
}
