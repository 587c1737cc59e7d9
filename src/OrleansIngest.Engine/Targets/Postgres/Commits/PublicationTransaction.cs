using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>One transaction that makes all rows of a file visible and the file loaded, or changes nothing.</summary>
/// <param name="connection">Used only for this transaction.</param>
/// <param name="file">The file to publish.</param>
/// <param name="findsRefused">Whether to isolate rows that the server refuses, one by one if necessary. Otherwise any refused row
/// makes it fail.</param>
sealed class PublicationTransaction(NpgsqlConnection connection, Publication file, bool findsRefused)
{
    const int RejectsAtOnce = 500;
    const int BytesAtOnce = 1 << 20;

    /// <summary>Maximum number of rejects stored for an abandoned file.</summary>
    const int MostRejectsKept = 1000;

    const string WouldBeEmpty =
        "it has no rows, and write: replaceTable would leave the table empty: the old rows stay; to empty the table "
        + "on purpose, delete its rows by hand";

    readonly List<RejectedRow> _firstRejects = [];

    /// <summary>The step at which it failed.</summary>
    public CommitStage Stage { get; private set; } = CommitStage.Preparing;

    /// <summary>Time from when the file was in place until it was loaded; null if unknown.</summary>
    public TimeSpan? Latency { get; private set; }

    /// <summary>Runs the transaction.</summary>
    /// <exception cref="PostgresException">Refused; nothing is changed.</exception>
    public async Task<PublicationResult> RunAsync(CancellationToken cancellationToken)
    {
        // READ COMMITTED: a table's shape must be read after the locks.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted,
            cancellationToken);
        await connection.ExecuteAsync("SET LOCAL statement_timeout = 0", cancellationToken); // one statement is a whole file
        var (inForce, loaded) = await PublicationLedger.LockAsync(connection, file.Claim, cancellationToken);
        if (loaded is { } totals) return new PublicationResult(PublicationKind.Published, totals);
        if (!inForce) return new PublicationResult(PublicationKind.Fenced);
        var result = await PublishAsync(cancellationToken);
        if (result.Kind != PublicationKind.Published) return result;
        Stage = CommitStage.Committing;
        CrashPoint.Hit("publishing");
        await transaction.CommitAsync(cancellationToken);
        CrashPoint.Hit("published");
        return result;
    }

    async Task<PublicationResult> PublishAsync(CancellationToken cancellationToken)
    {
        var staged = await StageLedger.CommittedAsync(connection, file.Claim.FileId, cancellationToken);
        if (await BeyondAsync(staged.Loaded, staged.Rejected, cancellationToken) is { } beyond) return beyond;
        if (file.ReplacesTable)
        {
            // Two concurrent files would each delete the rows that they see, and add their rows to the
            // other's. Readers do not wait for this lock.
            await connection.ExecuteAsync($"LOCK TABLE {file.Plan.Table} IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
            if (!file.Claim.IsForced && await PublicationLedger.NewerAsync(connection, file.Claim,
                cancellationToken) is { } newer)
                return await SupersedeAsync(staged.Loaded, newer, cancellationToken);
            if (staged.Loaded == 0) return new PublicationResult(PublicationKind.Abandoned, Reason: WouldBeEmpty);
            // TRUNCATE would be faster, but readers with an older snapshot would find the table empty.
            var removed = await connection.ExecuteAsync($"DELETE FROM {file.Plan.Table}", cancellationToken);
            // Rows of files that were loaded before the pipeline had another table stay in the old one.
            if (removed > 0) await RejectClosing.CloseOthersAsync(connection, file.Claim, cancellationToken);
            CrashPoint.Hit("deleted");
        }

        if (file.Older is { } older)
        {
            if (await ReplacedVersions.NewerAsync(connection, file.Claim, cancellationToken) is { } newer)
                return await SupersedeAsync(staged.Loaded, newer, cancellationToken);
            if (await ReplacedVersions.TakeOutAsync(connection, file.Claim, older, cancellationToken) is { } why)
                return new PublicationResult(PublicationKind.Failed, Reason: why);
            CrashPoint.Hit("deleted");
        }

        Stage = CommitStage.SendingRows;
        var (inserted, refused) = await InsertAsync(cancellationToken);
        Stage = CommitStage.Checkpoint;
        CrashPoint.Hit("inserted");
        // After the INSERT, whose lock prevents changes of definitions.
        await TableShape.ProveAsync(connection, file.Plan.MadeFor is { } shape ? [shape] : [], cancellationToken);
        var discarded = staged.Loaded - refused - inserted;
        if (discarded != 0 && !file.Plan.MayDiscardRows)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"the stage gave {Counted.Of(inserted, "row")} and {Counted.Of(refused, "reject")}, but ingest.batch has "
                    + $"{staged.Loaded}"));
        }

        if (refused > 0 && await BeyondAsync(staged.Loaded - refused, staged.Rejected + refused, cancellationToken) is { } over)
            return over;
        if (file.ReplacesTable && staged.Loaded == refused)
            return new PublicationResult(PublicationKind.Abandoned, Reason: WouldBeEmpty, Rejects: _firstRejects);
        await PublicationLedger.SettleAsync(connection, file.Claim, file.Stage, refused, discarded, 0, cancellationToken);
        if (file.ReplacesTable) await PublicationLedger.NoteRefreshAsync(connection, file.Claim, cancellationToken);
        return await FinishAsync(null, cancellationToken);
    }

    /// <summary>Marks the file loaded without its rows, because those of a newer file are in the table.</summary>
    async Task<PublicationResult> SupersedeAsync(long rows, string newer, CancellationToken cancellationToken)
    {
        await PublicationLedger.SettleAsync(connection, file.Claim, file.Stage, 0, 0, rows, cancellationToken);
        await RejectClosing.CloseOwnAsync(connection, file.Claim.FileId, RejectStates.Replaced, cancellationToken);
        return await FinishAsync(
            $"superseded by a newer file: the table has the rows of {newer}, and none of this file; replay --again "
                + "loads it anyway", cancellationToken);
    }

    async Task<PublicationResult> FinishAsync(string? reason, CancellationToken cancellationToken)
    {
        var done = await PublicationLedger.FinishAsync(connection, file.Claim, file.End, file.Unit, file.Sha256, reason,
            cancellationToken);
        if (done is not { } finished)
        {
            return new PublicationResult(
                PublicationKind.Abandoned,
                Reason: "the committed batches do not cover the file without gap or overlap; report it as a bug");
        }

        Latency = finished.Latency;
        return new PublicationResult(PublicationKind.Published, finished.Totals);
    }

    async Task<PublicationResult?> BeyondAsync(long loaded, long rejected, CancellationToken cancellationToken)
    {
        var inRow = file.Limits.InRow is null ? 0
            : await PublicationLedger.LongestRunAsync(connection, file.Claim.FileId, cancellationToken);
        return file.Limits.Beyond(loaded, rejected, inRow, left: 0) is { } reason
            ? new PublicationResult(PublicationKind.Abandoned, Reason: reason, Rejects: _firstRejects)
            : null;
    }

    async Task<(long Inserted, long Refused)> InsertAsync(CancellationToken cancellationToken)
    {
        var names = StagePlan.Names(file.Plan);
        if (!findsRefused)
        {
            await using var insert = new NpgsqlCommand(
                $"INSERT INTO {file.Plan.Table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {file.Stage}", connection);
            return (await insert.ExecuteNonQueryAsync(cancellationToken), 0);
        }

        // A deferred constraint would fail only at COMMIT, when the row can no longer be identified.
        await connection.ExecuteAsync($"SET CONSTRAINTS ALL IMMEDIATE; CREATE INDEX ON {file.Stage} (ingest_position)",
            cancellationToken);
        await using var command = new NpgsqlCommand("SELECT ingest.insert_from_stage($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = file.Plan.Table }, new() { Value = names }, new() { Value = file.Stage } },
        };
        var inserted = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return (inserted, await WriteRejectsAsync(cancellationToken));
    }

    /// <summary>Processes a few rejects at a time, however many and long they are.</summary>
    async Task<long> WriteRejectsAsync(CancellationToken cancellationToken)
    {
        using var again = new RecordRereader(file.Input, file.End);
        var (count, keptBytes) = (0L, 0L);
        for (var after = -1L; ;)
        {
            var refused = await StageLedger.RefusedAsync(connection, file.Stage, after, RejectsAtOnce, cancellationToken);
            if (refused.Count == 0) return count;
            if (!file.CanReadAgain) throw new PipeRefusedException(refused[0]);
            var rows = new List<RejectedRow>();
            for (int i = 0, bytes = 0; i < refused.Count && bytes < BytesAtOnce; i++)
            {
                rows.Add(RejectOf(refused[i], again));
                bytes += rows[^1].Raw.Length;
            }

            await using var batch = new NpgsqlBatch(connection);
            RejectStatements.Add(batch, [(new RejectOrigin(file.Claim, file.Plan, file.Input), rows)]);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            foreach (var row in rows.TakeWhile(_ => keptBytes < BytesAtOnce && _firstRejects.Count < MostRejectsKept))
            {
                _firstRejects.Add(row);
                keptBytes += row.Raw.Length;
            }

            count += rows.Count;
            after = rows[^1].ByteOffset;
        }
    }

    static RejectedRow RejectOf(RefusedRecord refused, RecordRereader again) => new()
    {
        Raw = again.At(refused.Position),
        Line = refused.Line,
        RecordNumber = refused.Record,
        ByteOffset = refused.Position,
        Reason = ServerRefusal.ReasonOf(refused.SqlState),
        Column = refused.Column,
        Detail = ServerRefusal.DetailOf(refused.Message, refused.Detail),
    };
}

/// <summary>The server refuses rows whose records cannot be read again, because they came through a pipe.</summary>
sealed class PipeRefusedException(RefusedRecord first) : Exception(string.Create(
    CultureInfo.InvariantCulture,
    $"the server refused some of its rows, and a pipe cannot be read again to find them all: nothing was loaded; the first is "
    + $"record {first.Record}: {ServerRefusal.DetailOf(first.Message, first.Detail)}. Load it from a file, or "
    + $"without wholeFile"));
