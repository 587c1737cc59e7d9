using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The verbs of operators for files and pipelines, available to any program that reaches the database. Each verb is
/// one transaction with its history entry, changes nothing if its effect already holds, and takes a loading file from its
/// owner by the epoch, like any claim.</summary>
public sealed class OperatorLedger(NpgsqlDataSource dataSource)
{
    /// <summary>A node that hangs in mid-COPY holds its file until it is declared dead (<see cref="NodeLedger.SilentAfter"/>) and
    /// its sessions are ended.</summary>
    internal const string LockTimeout = "15s";

    /// <summary>Applies a verb to one version of a file.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="file">The version.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="cancellationToken">Cancels; what was committed stays.</param>
    /// <param name="again">For <see cref="FileVerb.Replay"/>: a fully loaded file is loaded again, as a new version, and its rows
    /// are in the table twice, unless the pipeline has <c>onChange: replace</c>.</param>
    /// <param name="isTrial">Whether only to report the effect, without a change.</param>
    /// <exception cref="PostgresException">55P03: a hung node holds the file for 15 s.</exception>
    public async Task<VerbResult> ApplyAsync(FileVerb verb, FileId file, OperatorAct act, CancellationToken cancellationToken,
        bool again = false, bool isTrial = false)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, file, cancellationToken);
        // A second statement, so that it sees the changes that the lock waited for.
        if (await FileConditions.ReadAsync(connection, [file.Value], cancellationToken) is not [var (_, _, condition)])
            return new VerbResult(VerbOutcome.Unknown, $"is not in the ledger: no file has the number {file}");

        var decision = FileVerbs.Decide(verb, condition, again);
        if (decision.Outcome != VerbOutcome.Done || isTrial)
            return new VerbResult(decision.Outcome, decision.Message, file, condition.Status.ToName(),
                RowsOf(decision, verb, condition));
        var after = file;
        if (decision.NewVersion) after = (await FileChanges.AddVersionsAsync(connection, [file.Value],
            isReplacement: verb == FileVerb.Replace, act, cancellationToken))[0];
        else await FileChanges.ChangeAsync(connection, verb, [file.Value], decision.Status!.Value, act, cancellationToken);
        await NoteAsync(connection, verb, file, act, decision.Message, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new VerbResult(VerbOutcome.Done, decision.Message, after, decision.Status?.ToName(),
            RowsOf(decision, verb, condition));
    }

    internal static long? RowsOf(FileDecision decision, FileVerb verb, FileCondition condition) =>
        decision.NewVersion && (verb == FileVerb.Replace || condition.IsReplacedByNewer) ? condition.PathRows : null;

    /// <summary>The newest version of the file at a path.</summary>
    /// <param name="path">Absolute, as in the ledger.</param>
    /// <param name="pipeline">The pipeline; null for any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>One per pipeline with this path.</returns>
    public async Task<IReadOnlyList<(FileId File, string Pipeline)>> FindAsync(
        string path, string? pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT DISTINCT ON (pipeline) file_id, pipeline FROM ingest.file
            WHERE path = $1 AND pipeline = ANY (SELECT name FROM ingest.pipeline WHERE $2::text IS NULL OR name = $2)
            ORDER BY pipeline, version DESC
            """);
        command.Parameters.Add(new() { Value = path });
        command.Parameters.Add(Text(pipeline));
        var found = new List<(FileId, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add((new FileId(reader.GetInt64(0)), reader.GetString(1)));
        return found;
    }

    /// <summary>Pauses a pipeline: its coordinator reads the flag every second and claims no more files. Files
    /// in progress are finished. A pipeline that only <c>ingest load</c> uses has none, and is refused.</summary>
    public Task<VerbResult> PauseAsync(string pipeline, OperatorAct act, CancellationToken cancellationToken) =>
        SetPausedAsync(pipeline, paused: true, act, cancellationToken);

    /// <summary>Ends a pause.</summary>
    public Task<VerbResult> ResumeAsync(string pipeline, OperatorAct act, CancellationToken cancellationToken) =>
        SetPausedAsync(pipeline, paused: false, act, cancellationToken);

    async Task<VerbResult> SetPausedAsync(string pipeline, bool paused, OperatorAct act, CancellationToken cancellationToken)
    {
        var pipelines = new PipelineLedger(dataSource);
        if (paused && await new WaitingViews(dataSource).IsOfLoadAsync(pipeline, cancellationToken))
        {
            return new VerbResult(VerbOutcome.Refused,
                "cannot be paused: only `ingest load` loads its files, and a pause stops only silos");
        }

        switch (await pipelines.SetPausedAsync(pipeline, paused, act.Who, act.Reason, cancellationToken))
        {
            case OrderOutcome.Done:
                return new VerbResult(VerbOutcome.Done,
                    paused ? "is paused: files in progress finish, new files wait" : "is resumed");
            case OrderOutcome.AlreadySo when paused:
                var by = (await pipelines.OrdersAsync(pipeline, cancellationToken))?.PausedBy;
                return new VerbResult(VerbOutcome.Nothing, by is null ? "is already paused" : $"is already paused, by {by}");
            case OrderOutcome.AlreadySo:
                return new VerbResult(VerbOutcome.Nothing, "is not paused");
            default:
                return new VerbResult(VerbOutcome.Unknown, "is not in the ledger: no program has run it with this database");
        }
    }

    /// <summary>A batch in progress holds FOR SHARE: the lock comes after its commit, and the next one finds
    /// the epoch that is set here.</summary>
    static async Task LockAsync(NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"SET LOCAL lock_timeout = '{LockTimeout}'"),
                new NpgsqlBatchCommand("SELECT FROM ingest.file WHERE file_id = $1 FOR NO KEY UPDATE")
                    { Parameters = { new() { Value = file.Value } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task NoteAsync(
        NpgsqlConnection connection, FileVerb verb, FileId file, OperatorAct act, string message,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO ingest.history (kind, pipeline, file_id, who, detail) SELECT $2, pipeline, file_id, $3, $4 FROM "
                + "ingest.file WHERE file_id = $1", connection)
        {
            Parameters =
            {
                new() { Value = file.Value }, new() { Value = $"operator.{FileVerbs.NameOf(verb)}" }, new() { Value = act.Who },
                new() { Value = act.Reason is { } why ? $"{message} ({why})" : message },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlParameter Text(string? value) => new()
    { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
