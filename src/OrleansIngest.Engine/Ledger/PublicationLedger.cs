using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's part in the transaction that publishes a stage.</summary>
static class PublicationLedger
{
    /// <summary>Locks the claim, if it is in force.</summary>
    /// <returns>Whether it is; and the totals if the file was loaded under this claim, by an earlier COMMIT whose answer was
    /// lost.</returns>
    public static async Task<(bool InForce, FileTotals? Loaded)> LockAsync(
        NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand($"SELECT true FROM ingest.file WHERE {FileLedger.InForce} FOR NO KEY UPDATE",
            connection))
        {
            FileLedger.AddClaim(command, claim);
            if (await command.ExecuteScalarAsync(cancellationToken) is true) return (true, null);
        }

        await using var loaded = new NpgsqlCommand(
            $"""
            SELECT rows_loaded, rows_rejected, rows_skipped, rows_suppressed FROM ingest.file
            WHERE file_id = $1 AND epoch = $2 AND owner_node = $3 AND status = {FileStatusSql.Loaded}
            """, connection);
        FileLedger.AddClaim(loaded, claim);
        await using var reader = await loaded.ExecuteReaderAsync(cancellationToken);
        return (false, await reader.ReadAsync(cancellationToken)
            ? new FileTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3))
            : null);
    }

    /// <summary>The longest run of consecutive rejected records of a file.</summary>
    public static async Task<long> LongestRunAsync(NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(max(many), 0) FROM (
                SELECT count(*) AS many FROM (
                    SELECT record_number - row_number() OVER (ORDER BY record_number) AS run FROM public.corrupt_records
                    WHERE file_id = $1 AND status = 'open') r
                GROUP BY run) runs
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The later file whose rows are in the table; null for none. Call it while holding a lock that two files of the
    /// pipeline cannot hold at once.</summary>
    public static async Task<string?> NewerAsync(
        NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT r.path, r.file_id FROM ingest.refresh r JOIN ingest.file f USING (file_id)
            WHERE r.pipeline = $1 AND (r.mtime_ns, r.file_id) > ($2, $3) AND f.status = {FileStatusSql.Loaded}
            """, connection); // one that was undone stands no more
        AddFile(command, claim);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{reader.GetString(0)} (file {reader.GetInt64(1)})");
    }

    /// <summary>Whether the rows of a file are the current content of the table.</summary>
    public static async Task<bool> IsCurrentAsync(
        NpgsqlDataSource dataSource, string pipeline, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT EXISTS (SELECT FROM ingest.refresh WHERE pipeline = $1 AND file_id = $2)");
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = file.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Records that the rows of this file are now the table's content.</summary>
    public static async Task NoteRefreshAsync(NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO ingest.refresh (pipeline, mtime_ns, file_id, path) VALUES ($1, $2, $3, $4)
            ON CONFLICT (pipeline) DO UPDATE SET mtime_ns = excluded.mtime_ns, file_id = excluded.file_id, path = excluded.path,
                at = clock_timestamp()
            """, connection);
        AddFile(command, claim);
        command.Parameters.Add(new() { Value = claim.File.Path });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Corrects the counts of the file's batches according to the results for its rows.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="claim">In force.</param>
    /// <param name="stage">Quoted, qualified name.</param>
    /// <param name="refused">Rows that became rejects.</param>
    /// <param name="discarded">Rows that a trigger discarded.</param>
    /// <param name="notWanted">Rows that stay out of the table.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task SettleAsync(
        NpgsqlConnection connection, FileClaim claim, string stage, long refused, long discarded, long notWanted,
        CancellationToken cancellationToken)
    {
        if (refused + discarded + notWanted == 0) return;
        await using var command = new NpgsqlCommand("SELECT ingest.settle_stage($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { Value = claim.FileId.Value }, new() { Value = claim.Owner.Value }, new() { Value = stage },
                new() { Value = refused },
                new() { Value = discarded }, new() { Value = notWanted },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Marks the file <c>loaded</c> and its stage finished.</summary>
    /// <inheritdoc cref="FileLedger.FinishAsync(FileClaim, long, PositionUnit, byte[], string, CancellationToken)"
    /// path="/param"/>
    /// <returns>Null when the batches do not cover it.</returns>
    public static async Task<FinishedFile?> FinishAsync(
        NpgsqlConnection connection, FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason,
        CancellationToken cancellationToken)
    {
        await using (var close = new NpgsqlCommand("DELETE FROM ingest.stage WHERE file_id = $1", connection))
        {
            close.Parameters.Add(new() { Value = claim.FileId.Value });
            await close.ExecuteNonQueryAsync(cancellationToken);
        }

        return await FileLedger.FinishAsync(connection, claim, end, unit, sha256, reason, cancellationToken);
    }

    static void AddFile(NpgsqlCommand command, FileClaim claim)
    {
        command.Parameters.Add(new() { Value = claim.Pipeline });
        command.Parameters.Add(new() { Value = claim.File.ModifiedNanoseconds });
        command.Parameters.Add(new() { Value = claim.FileId.Value });
    }
}
