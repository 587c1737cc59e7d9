using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Stores the table of a file (<c>ingest.file.target</c>) if the pipeline alone does not determine it.</summary>
static class TargetNotes
{
    /// <summary>Records the table under the claim, before the first batch.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">Must be in force.</param>
    /// <param name="table">Schema and name, quoted where SQL needs it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the claim is in force, and nothing of the file is in another table.</returns>
    public static async Task<bool> WriteAsync(NpgsqlDataSource dataSource, FileClaim claim, string table,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.file SET target = $4
            WHERE {FileLedger.InForce} AND (target = $4 OR NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1))
            """);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = table });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
