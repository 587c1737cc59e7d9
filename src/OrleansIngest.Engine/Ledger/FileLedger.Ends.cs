using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ends of claims: loaded, or any other state.</summary>
public sealed partial class FileLedger
{
    /// <summary>Marks a file <c>loaded</c> if its batches cover it from 0 to its end without gap or overlap, and takes the totals
    /// from them (G1). May be repeated after a lost answer.</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">Where the input ends, in <paramref name="unit"/>: in stored bytes, every file ends at its size.</param>
    /// <param name="unit">The unit of its positions, as recorded before its first batch (<see cref="NoteInputAsync"/>), if it has
    /// any.</param>
    /// <param name="sha256">Of the stored bytes; null if unknown.</param>
    /// <param name="reason">A remark about the loaded file, human-readable; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The totals, also if the claim has finished the file before; null when the claim is not in force or the batches do
    /// not cover the file.</returns>
    public async Task<FileTotals?> FinishAsync(
        FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FinishAsync(connection, claim, end, unit, sha256, reason, cancellationToken) is { } done)
        {
            OnFinished?.Invoke(claim.Pipeline, done.Latency);
            return done.Totals;
        }

        return await FinishedBeforeAsync(connection, claim, cancellationToken);
    }

    /// <summary>The same in a transaction of the caller. Not to be repeated after a lost answer: then the claim is not in
    /// force.</summary>
    /// <returns>Null when the claim is not in force or the batches do not cover the file.</returns>
    internal static async Task<FinishedFile?> FinishAsync(
        NpgsqlConnection connection, FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(FileEnd.FinishCommand(
            [new FileEnd(claim.FileId, claim.Epoch, claim.Owner, end, unit, sha256, reason)], claim.Owner,
            ThroughputLedger.NoLane));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? FinishedFile.Read(reader) : null;
    }

    /// <summary>The totals if this claim has finished the file already, but the answer was lost.</summary>
    static async Task<FileTotals?> FinishedBeforeAsync(
        NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT rows_loaded, rows_rejected, rows_skipped FROM ingest.file
            WHERE file_id = $1 AND epoch = $2 AND owner_node = $3 AND status = {FileStatusSql.Loaded}
            """, connection);
        AddClaim(command, claim);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new FileTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Ends a claim in another state than <c>loaded</c>.</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">How the claim ends.</param>
    /// <param name="reason">Human-readable; kept in the ledger and in its history when the file is quarantined.</param>
    /// <param name="retryAfter">For <see cref="ClaimEnd.Failed"/> and <see cref="ClaimEnd.Released"/>: the wait before the next
    /// claim; zero for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="also">An action in the same transaction if the claim was in force; null for none. Default: null.</param>
    /// <returns>Whether the claim was in force.</returns>
    public async Task<bool> EndClaimAsync(
        FileClaim claim, ClaimEnd end, string? reason, TimeSpan retryAfter, CancellationToken cancellationToken,
        Func<NpgsqlConnection, CancellationToken, Task>? also = null)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (end == ClaimEnd.Quarantined) reason = await PartialLoad.AddToAsync(reason, connection, claim, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            WITH ended AS (
                UPDATE ingest.file f SET {FileTransitions.End.SetTo("$4")}, reason = $5, error = CASE WHEN $6 THEN $5
                    ELSE error END,
                    attempts = attempts + $6::integer, next_attempt_at = CASE
                        WHEN $7 > interval '0' THEN clock_timestamp() + $7 END,
                    finished_at = CASE WHEN $4 IN ({FileStatusSql.Quarantined}, {FileStatusSql.Vanished},
                        {FileStatusSql.Ignored}) THEN clock_timestamp() END,
                    ready_at = CASE WHEN $4 = {FileStatusSql.Discovered} THEN NULL ELSE ready_at END
                WHERE {InForce} RETURNING pipeline, file_id
            ), noted AS (
                INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                SELECT 'file.' || $4, pipeline, file_id, $3, $5 FROM ended
                WHERE $4 IN ({FileStatusSql.Quarantined}, {FileStatusSql.Vanished})
            )
            SELECT count(*) FROM ended
            """, connection);
        AddClaim(command, claim);
        command.Parameters.Add(new() { Value = end.ToStatus().ToName() });
        command.Parameters.Add(new()
        {
            Value = (object?)reason?.Replace('\0', '\uFFFD') ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Text
        });
        command.Parameters.Add(new() { Value = end is ClaimEnd.Failed or ClaimEnd.Quarantined });
        command.Parameters.Add(new() { Value = retryAfter });
        var ended = (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
        if (end is ClaimEnd.Released) _floors.Lower(claim.Pipeline, claim.File.ModifiedNanoseconds);
        if (ended && also is not null) await also(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }
}
