using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's part in the transaction that creates a table from its first file.</summary>
static class CreationLedger
{
    /// <summary>Prevents two processes from creating the same table, until the end of the
    /// transaction, and locks the claim.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="claim">The file.</param>
    /// <param name="table">Its name in the pipeline.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the claim is in force.</returns>
    public static async Task<bool> LockAsync(NpgsqlConnection connection, FileClaim claim, string table,
        CancellationToken cancellationToken)
    {
        await using (var one = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('table ' || $1, 0))", connection))
        {
            one.Parameters.Add(new() { Value = table });
            await one.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var hold = new NpgsqlCommand($"SELECT true FROM ingest.file WHERE {FileLedger.InForce} FOR SHARE",
            connection);
        FileLedger.AddClaim(hold, claim);
        return await hold.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Records it in the history of the file and of its pipeline.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, FileClaim claim, string detail,
        CancellationToken cancellationToken)
    {
        await using var note = new NpgsqlCommand(
            "INSERT INTO ingest.history (kind, pipeline, file_id, node, detail) VALUES ('table.created', $1, $2, $3, $4)",
            connection)
        {
            Parameters =
            {
                new() { Value = claim.Pipeline }, new() { Value = claim.FileId.Value }, new() { Value = claim.Owner.Value },
                new() { Value = detail.Replace('\0', '\uFFFD') },
            },
        };
        await note.ExecuteNonQueryAsync(cancellationToken);
    }
}
