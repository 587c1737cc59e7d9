using Npgsql;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Removes the committed rows of a version of a file, inside a transaction that holds its row in the ledger.</summary>
static class FileRows
{
    /// <summary>SQL: how many rows of a version are in its table.</summary>
    /// <param name="file">The alias of its row of <c>ingest.file</c>.</param>
    public static string Count(string file) =>
        $"""
        CASE WHEN {file}.status = {FileStatusSql.Loaded} THEN {file}.rows_loaded ELSE coalesce((
            SELECT sum(b.rows_loaded) FROM ingest.batch b WHERE b.file_id = {file}.file_id
                AND NOT {StageLedger.IsStaged($"{file}.file_id")}), 0)::bigint END
        """;

    /// <summary>Deletes its rows. The number is a literal, so that an index on a column of any type is used.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> DeleteAsync(NpgsqlConnection connection, RowProvenance rows, FileId file,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"DELETE FROM {rows.Table} WHERE {QuotedName.Of(rows.Column!)} = '{file}'",
            connection)
        { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes its checkpoint, closes its rejects and marks it ignored.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="file">The version.</param>
    /// <param name="reason">The reason for its new state.</param>
    /// <param name="rejects">The state of its open rejects from now on (<see cref="RejectStates"/>).</param>
    /// <param name="entry">For the history: kind, who, detail; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task ForgetAsync(
        NpgsqlConnection connection, FileId file, string reason, string rejects, (string Kind, string Who, string Detail)? entry,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add("DELETE FROM ingest.batch WHERE file_id = $1");
        Add(RejectClosing.Sql("file_id = $1", rejects));
        Add(
            $"""
            UPDATE ingest.file f SET {FileTransitions.Undo.Set}, reason = $2, is_skipped = true, finished_at = clock_timestamp(),
                sha256 = NULL,
                records_read = 0, rows_loaded = 0, rows_rejected = 0, rows_skipped = 0, rows_suppressed = 0, bytes_read = 0,
                rows_inserted = NULL, rows_updated = NULL, rows_unchanged = NULL
            WHERE f.file_id = $1 AND {FileTransitions.Undo.IsAllowed}
            """,
            reason);
        if (entry is { } noted)
        {
            Add(
                "INSERT INTO ingest.history (kind, pipeline, file_id, who, detail) SELECT $2, pipeline, file_id, $3, $4 FROM "
                    + "ingest.file WHERE file_id = $1",
                noted.Kind, noted.Who, noted.Detail);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);

        void Add(string sql, params string[] texts)
        {
            var command = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = file.Value } } };
            foreach (var text in texts) command.Parameters.Add(new() { Value = text });
            batch.BatchCommands.Add(command);
        }
    }
}
