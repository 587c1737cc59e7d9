using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Writes the columns note of a claimed file. Called only for files with a note, and for files that may have one from
/// an earlier claim.</summary>
static class ColumnsNoteLedger
{
    /// <summary>Records the note if the claim is in force; otherwise changes nothing.</summary>
    /// <param name="dataSource">A role that may write the ledger.</param>
    /// <param name="claim">The claim of the file.</param>
    /// <param name="note">Null removes an earlier note.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task WriteAsync(
        NpgsqlDataSource dataSource, FileClaim claim, ColumnsNote? note, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            -- As bytes, because the database's encoding may lack characters of a header.
            UPDATE ingest.file SET columns_note = ingest.readable($4)::jsonb
            WHERE {FileLedger.InForce} AND columns_note IS DISTINCT FROM ingest.readable($4)::jsonb
            """);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new()
        {
            Value = note is null ? DBNull.Value : Encoding.UTF8.GetBytes(note.ToJson()),
            NpgsqlDbType = NpgsqlDbType.Bytea
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
