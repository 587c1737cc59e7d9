using System.Globalization;
using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Files that are held back because another version of their path is in the table (<c>onChange:
/// quarantine</c>).</summary>
static class HeldChanges
{
    /// <summary>The older version that is in the table, human-readable; null if there is none, or an operator has retried the
    /// file since it was held back.</summary>
    public static async Task<string?> OlderAsync(NpgsqlDataSource dataSource, FileClaim claim,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT o.version, o.file_id FROM ingest.file f JOIN ingest.file o ON o.pipeline = f.pipeline AND o.path = f.path
                AND o.version < f.version
            WHERE f.file_id = $1 AND NOT f.change_held
                AND (o.status = {FileStatusSql.Loaded}
                    OR EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = o.file_id AND b.rows_loaded > 0))
            ORDER BY o.version DESC LIMIT 1
            """);
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"version {reader.GetInt32(0)} (file {reader.GetInt64(1)})");
    }

    /// <summary>Records that it is held back: the next claim is an operator's decision.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE ingest.file SET change_held = true WHERE file_id = $1", connection)
        { Parameters = { new() { Value = claim.FileId.Value } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
