using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Stores the detected dialect of a pipeline's first files, so that later ones can be compared.</summary>
static class FoundDialects
{
    /// <summary>Stores a dialect, unless one is stored.</summary>
    /// <param name="dataSource">A role that may write the ledger.</param>
    /// <param name="pipeline">Its name.</param>
    /// <param name="found">In ASCII; equal for files of the same dialect.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The stored one; <paramref name="found"/> if the pipeline is not in the ledger.</returns>
    public static async Task<string> KeepAsync(NpgsqlDataSource dataSource, string pipeline, string found,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH kept AS (
                UPDATE ingest.pipeline SET found_dialect = $2 WHERE name = $1 AND found_dialect IS NULL RETURNING found_dialect
            )
            SELECT coalesce((SELECT found_dialect FROM kept), (SELECT found_dialect FROM ingest.pipeline WHERE name = $1))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = found });
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? found;
    }
}
