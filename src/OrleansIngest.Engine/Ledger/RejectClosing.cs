using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Closes rejects for good, in the transaction that removes or replaces the rows of their file: a replay would add a
/// part of it again, or records of old content to the new. Also those that an operator has ignored, because he may reopen
/// them.</summary>
/// <remarks>Those of a version whose records a newer one with the same bytes contains again are closed by a trigger
/// (<c>sql/116-replaced-rejects.sql</c>).</remarks>
static class RejectClosing
{
    /// <summary>SQL: gives them a state.</summary>
    /// <param name="which">SQL: their condition.</param>
    /// <param name="state">One of <see cref="RejectStates"/>.</param>
    public static string Sql(string which, string state) =>
        $"""
        UPDATE public.corrupt_records SET status = '{state}', ignored_at = NULL
        WHERE (status = '{RejectStates.Open}' OR ignored_at IS NOT NULL) AND {which}
        """;

    /// <summary>Of the versions of its path before a file, whose rows have been replaced. Those in a stage are being loaded, and
    /// close their own.</summary>
    public static Task CloseOlderAsync(NpgsqlConnection connection, FileClaim newer, CancellationToken cancellationToken) =>
        CloseAsync(connection, RejectStates.Replaced,
            $"""
            file_id IN (SELECT o.file_id FROM ingest.file o WHERE o.pipeline = $1 AND o.path = $2 AND o.version < $3
                AND NOT {StageLedger.IsStaged("o.file_id")})
            """, cancellationToken, newer.Pipeline, newer.File.Path, newer.Version);

    /// <summary>Of all other files of a pipeline, whose table has been emptied. Those in a stage are being loaded.</summary>
    public static Task CloseOthersAsync(NpgsqlConnection connection, FileClaim newest, CancellationToken cancellationToken) =>
        CloseAsync(connection, RejectStates.Replaced,
            $"pipeline = $1 AND file_id <> $2 AND NOT {StageLedger.IsStaged("corrupt_records.file_id")}",
            cancellationToken, newest.Pipeline, newest.FileId.Value);

    /// <summary>Of a file whose rows stay out of the table.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="file">The file.</param>
    /// <param name="state">Replaced if newer content is there; ignored if the file was abandoned.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static Task CloseOwnAsync(
        NpgsqlConnection connection, FileId file, string state, CancellationToken cancellationToken) =>
        CloseAsync(connection, state, "file_id = $1", cancellationToken, file.Value);

    static async Task CloseAsync(NpgsqlConnection connection, string state, string which, CancellationToken cancellationToken,
        params object[] values)
    {
        await using var command = new NpgsqlCommand(Sql(which, state), connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
