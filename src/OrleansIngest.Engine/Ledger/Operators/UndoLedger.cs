using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Removes the rows of a file from its table. Rows, checkpoint and state change in one transaction, and the history
/// records the author and the number of rows. The file is ignored afterwards; a replay loads it from its first
/// record.</summary>
/// <param name="dataSource">A role that may delete from the tables.</param>
public sealed class UndoLedger(NpgsqlDataSource dataSource)
{
    /// <summary>A batch in progress holds the file until it is committed.</summary>
    const string LockTimeout = "15s";

    sealed record Undone(FileStatus Status, string Pipeline, string? Owner, long Rows, long Rejects, long Updated, string? Config,
        string? Target);

    /// <summary>Removes the committed rows of one version of a file.</summary>
    /// <param name="file">The version.</param>
    /// <param name="configured">The current configurations of pipelines; if one does not define how rows are found, the ledger's
    /// last configuration of it may.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="isTrial">Whether only to count, without a change.</param>
    /// <param name="cancellationToken">Cancels; then nothing has changed.</param>
    /// <exception cref="PostgresException">The table refuses: a privilege is missing, or other rows refer to these
    /// (<see cref="IsRefusal"/>). 55P03: another session holds the file for 15 s.</exception>
    public async Task<VerbResult> UndoAsync(
        FileId file, IReadOnlyList<PipelineOptions> configured, OperatorAct act, bool isTrial,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await UndoAsync(connection, file, configured, act, isTrial, isNoted: true, cancellationToken);
        if (result.Outcome == VerbOutcome.Done && !isTrial) await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>The same inside a transaction, which the caller ends. <c>isNoted</c>: whether the history
    /// gets an entry for this file.</summary>
    internal static async Task<VerbResult> UndoAsync(
        NpgsqlConnection connection, FileId file, IReadOnlyList<PipelineOptions> configured, OperatorAct act, bool isTrial,
        bool isNoted,
        CancellationToken cancellationToken)
    {
        if (await LockAsync(connection, file, cancellationToken) is not { } found)
            return new VerbResult(VerbOutcome.Unknown, $"is not in the ledger: no file has the number {file}");
        VerbResult Answer(VerbOutcome outcome, string message) => new(outcome, message, file, found.Status.ToName());
        if (found.Status == FileStatus.Loading)
            return Answer(VerbOutcome.Refused, $"is being loaded by {found.Owner}: ingest quarantine {file} stops that");
        if (found.Rows == 0 && found.Rejects == 0) return Answer(VerbOutcome.Nothing, "has no row in the table");
        if (found.Updated > 0)
        {
            return Answer(VerbOutcome.Refused,
                $"cannot be undone: it updated {Counted.Of(found.Updated, "row")} of the table (write: upsert), whose previous "
                    + "values are not stored");
        }

        var known = configured.Where(p => p.Name == found.Pipeline).Append(NotedPipeline.Of(found.Config))
            .OfType<PipelineOptions>().ToList();
        if (known.Count == 0) return Answer(VerbOutcome.Refused,
            $"belongs to pipeline {found.Pipeline}, whose configuration in the ledger this release cannot read");
        var said = known.Where(p => found.Target is not null || !p.IsTemplate)
            .Select(p => RowProvenance.Of(p, found.Target)).ToList();
        if (said.Count == 0)
        {
            return Answer(VerbOutcome.Refused,
                "cannot be undone: it was loaded before table depended on the file, so its table is not known; restore the "
                    + "earlier value of table, then undo the file");
        }

        var rows = said.Find(r => r.Column is not null) ?? said[0];
        if (rows.Column is null && found.Rows > 0)
        {
            return Answer(VerbOutcome.Refused,
                $"cannot be undone: the rows of {rows.Table} do not store their file. Pipelines whose metadata fills a column "
                    + $"with {{fileId}}, such as "
                + "\"metadata\": { \"file_id\": \"{fileId}\" }, can undo the files that they load from then on");
        }

        var taken = found.Rows == 0 ? 0 : await FileRows.DeleteAsync(connection, rows, file, cancellationToken);
        if (taken == 0 && found.Rows > 0)
        {
            return Answer(VerbOutcome.Refused,
                $"cannot be undone: no row of {rows.Table} has {file} in {rows.Column}; its {Counted.Of(found.Rows, "row")} were "
                + "loaded before the pipeline stored it, or were deleted");
        }

        var counts = taken == found.Rows ? Counted.Of(taken, "row")
            : $"{Counted.Of(taken, "row")} of {found.Rows}, all that remain,";
        var message = $"{(taken == 1 ? "is" : "are")} removed from {rows.Table}"
            + (found.Rejects > 0 ? $", and {Counted.Of(found.Rejects, "open reject")} closed" : "");
        if (isTrial) return Answer(VerbOutcome.Done, $"would be undone: {counts} {message}") with { Rows = taken };
        var detail = $"{counts} {message}{(act.Reason is { } why ? $" ({why})" : "")}";
        await FileRows.ForgetAsync(
            connection, file, $"undone by {act.Who}: {detail}", RejectStates.Ignored,
            isNoted ? ("operator.undo", act.Who, detail) : null, cancellationToken);
        return new VerbResult(VerbOutcome.Done, $"is undone: {counts} {message}", file, FileStatus.Ignored.ToName(), taken);
    }

    static async Task<Undone?> LockAsync(NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using (var wait = new NpgsqlCommand($"SET LOCAL lock_timeout = '{LockTimeout}'", connection))
            await wait.ExecuteNonQueryAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT FROM ingest.file WHERE file_id = $1 FOR NO KEY UPDATE", connection))
        {
            hold.Parameters.Add(new() { Value = file.Value });
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        // A second statement, so that it sees the changes that the lock waited for.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT f.status, f.pipeline, f.owner_node,
                {FileRows.Count("f")},
                (SELECT count(*) FROM public.corrupt_records c WHERE c.file_id = f.file_id AND c.status = 'open'),
                coalesce((SELECT sum(b.rows_updated) FROM ingest.batch b WHERE b.file_id = f.file_id), f.rows_updated, 0)::bigint,
                (SELECT p.config::text FROM ingest.pipeline p WHERE p.name = f.pipeline), f.target
            FROM ingest.file f WHERE f.file_id = $1
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new Undone(
            FileStatusNames.Parse(reader.GetString(0)), reader.GetString(1),
            await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
            reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
            await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6),
            await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetString(7));
    }

    /// <summary>Whether the table refuses the deletion: other rows refer to these, a privilege is
    /// missing, or a trigger refuses.</summary>
    public static bool IsRefusal(PostgresException failure) => failure.SqlState[..2] is "23" or "42" or "P0";

    /// <summary>The answer to a refused deletion.</summary>
    public static VerbResult Refused(PostgresException failure) =>
        new(VerbOutcome.Refused, $"cannot be undone: {failure.MessageText}");
}
