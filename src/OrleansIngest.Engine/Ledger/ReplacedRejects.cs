using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Closes the rejects of files whose rows have been replaced, in the transaction that replaces them: a replay would add
/// records of old content to the new. Also those that an operator has ignored, because he may reopen them.</summary>
/// <remarks>Those of a version whose records a newer one with the same bytes contains again are closed by a trigger
/// (<c>sql/116-replaced-rejects.sql</c>).</remarks>
static class ReplacedRejects
{
    /// <summary>Of the versions of its path before a file, whose rows have been removed. Those in a stage are being loaded, and
    /// close their own.</summary>
    public static Task CloseOlderAsync(NpgsqlConnection connection, FileClaim newer, CancellationToken cancellationToken) =>
        CloseAsync(connection,
            $"""
            file_id IN (SELECT o.file_id FROM ingest.file o WHERE o.pipeline = $2 AND o.path = $3 AND o.version < $4
                AND NOT {StageLedger.IsStaged("o.file_id")})
            """, cancellationToken, newer.Pipeline, newer.File.Path, newer.Version);

    /// <summary>Of all other files of a pipeline, whose table has been emptied. Those in a stage are being loaded.</summary>
    public static Task CloseOthersAsync(NpgsqlConnection connection, FileClaim newest, CancellationToken cancellationToken) =>
        CloseAsync(connection, $"pipeline = $2 AND file_id <> $3 AND NOT {StageLedger.IsStaged("corrupt_records.file_id")}",
            cancellationToken, newest.Pipeline, newest.FileId.Value);

    /// <summary>Of a file whose rows stay out of the table, because newer content is there.</summary>
    public static Task CloseOwnAsync(NpgsqlConnection connection, FileClaim superseded, CancellationToken cancellationToken) =>
        CloseAsync(connection, "file_id = $2", cancellationToken, superseded.FileId.Value);

    static async Task CloseAsync(NpgsqlConnection connection, string which, CancellationToken cancellationToken,
        params object[] values)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE public.corrupt_records SET status = $1, ignored_at = NULL
            WHERE (status = '{RejectStates.Open}' OR ignored_at IS NOT NULL) AND {which}
            """, connection)
        { Parameters = { new() { Value = RejectStates.Replaced } }, CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
