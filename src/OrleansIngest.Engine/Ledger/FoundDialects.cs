using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Keeps how the first files of a pipeline are written that does not say it, so that later ones can be compared.</summary>
static class FoundDialects
{
    /// <summary>Keeps what was found, unless something is kept.</summary>
    /// <param name="dataSource">A role that may write the ledger.</param>
    /// <param name="pipeline">Its name.</param>
    /// <param name="found">In ASCII; equal for files that are written alike.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What is kept now; <paramref name="found"/> where the ledger does not know the pipeline.</returns>
    public static async Task<string> KeepAsync(NpgsqlDataSource dataSource, string pipeline, string found, CancellationToken cancellationToken)
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
