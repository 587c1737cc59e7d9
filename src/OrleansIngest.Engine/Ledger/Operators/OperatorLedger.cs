using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The verbs of operators for files and pipelines, available to any program that reaches the database. Each verb is
/// one transaction with its history entry, changes nothing if its effect already holds, and takes a loading file from its
/// owner by the epoch, like any claim.</summary>
public sealed class OperatorLedger(NpgsqlDataSource dataSource)
{
    /// <summary>A node that hangs in mid-COPY holds its file until it is declared dead (<see cref="NodeLedger.SilentAfter"/>) and its sessions are ended.</summary>
    const string LockTimeout = "15s";

    /// <summary>Does a verb to one version of a file.</summary>
    /// <param name="verb">Which.</param>
    /// <param name="file">Which version.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="cancellationToken">Cancels; what was committed stays.</param>
    /// <param name="again">For <see cref="FileVerb.Replay"/>: a file that is loaded in full is loaded once more, as a new version, and its rows are there twice, unless the pipeline has <c>onChange: replace</c>.</param>
    /// <param name="isTrial">Whether to say what would come of it only, and change nothing.</param>
    /// <exception cref="PostgresException">With 55P03 when a node that hangs keeps hold of the file for 15 s.</exception>
    public async Task<VerbResult> ApplyAsync(FileVerb verb, FileId file, OperatorAct act, CancellationToken cancellationToken, bool again = false, bool isTrial = false)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, file, cancellationToken) is not { } before)
            return new VerbResult(VerbOutcome.Unknown, $"is not in the ledger: no file has the number {file}");

        // A second statement, so that it sees what the lock had to wait for.
        var condition = await ConditionAsync(connection, file, before, cancellationToken);
        var decision = FileVerbs.Decide(verb, condition, again);
        if (decision.Outcome != VerbOutcome.Done || isTrial) return new VerbResult(decision.Outcome, decision.Message, file, condition.Status.ToWord(), RowsOf(decision, verb, condition));
        var after = decision.NewVersion
            ? await AddVersionAsync(connection, file, isReplacement: verb == FileVerb.Replace, act, cancellationToken)
            : await ChangeAsync(connection, verb, file, decision.Status!.Value, act, cancellationToken);
        await NoteAsync(connection, verb, file, act, decision.Message, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new VerbResult(VerbOutcome.Done, decision.Message, after, decision.Status?.ToWord(), RowsOf(decision, verb, condition));
    }

    static long? RowsOf(FileDecision decision, FileVerb verb, FileCondition condition) =>
        decision.NewVersion && (verb == FileVerb.Replace || condition.IsReplacedByNewer) ? condition.PathRows : null;

    /// <summary>The newest version of the file at a path.</summary>
    /// <param name="path">Absolute, as the ledger has it.</param>
    /// <param name="pipeline">Of which pipeline; null for any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>One per pipeline that knows the path.</returns>
    public async Task<IReadOnlyList<(FileId File, string Pipeline)>> FindAsync(string path, string? pipeline, CancellationToken cancellationToken)
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

    /// <summary>Pauses a pipeline: its coordinator reads the flag every second and claims no more files. Files in progress are finished.</summary>
    public Task<VerbResult> PauseAsync(string pipeline, OperatorAct act, CancellationToken cancellationToken) =>
        SetPausedAsync(pipeline, paused: true, act, cancellationToken);

    /// <summary>Ends a pause.</summary>
    public Task<VerbResult> ResumeAsync(string pipeline, OperatorAct act, CancellationToken cancellationToken) =>
        SetPausedAsync(pipeline, paused: false, act, cancellationToken);

    async Task<VerbResult> SetPausedAsync(string pipeline, bool paused, OperatorAct act, CancellationToken cancellationToken)
    {
        var pipelines = new PipelineLedger(dataSource);
        switch (await pipelines.SetPausedAsync(pipeline, paused, act.Who, act.Reason, cancellationToken))
        {
            case OrderOutcome.Done:
                return new VerbResult(VerbOutcome.Done, paused ? "is paused: files in progress are finished, new ones wait" : "is resumed");
            case OrderOutcome.AlreadySo when paused:
                var by = (await pipelines.OrdersAsync(pipeline, cancellationToken))?.PausedBy;
                return new VerbResult(VerbOutcome.Nothing, by is null ? "is paused already" : $"is paused already, by {by}");
            case OrderOutcome.AlreadySo:
                return new VerbResult(VerbOutcome.Nothing, "is not paused");
            default:
                return new VerbResult(VerbOutcome.Unknown, "is not in the ledger: no program has run it on this database");
        }
    }

    /// <summary>A batch under way holds FOR SHARE: the lock comes after its commit, and the next one finds the epoch that is set here.</summary>
    static async Task<FileCondition?> LockAsync(NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"SET LOCAL lock_timeout = '{LockTimeout}'"),
                new NpgsqlBatchCommand("SELECT status, reason, is_skipped, owner_node, version, same_as IS NOT NULL FROM ingest.file WHERE file_id = $1 FOR NO KEY UPDATE")
                { Parameters = { new() { Value = file.Value } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new FileCondition
        {
            Status = FileStatusWords.Parse(reader.GetString(0)),
            Reason = reader.IsDBNull(1) ? null : reader.GetString(1),
            Skipped = reader.GetBoolean(2),
            Owner = reader.IsDBNull(3) ? null : reader.GetString(3),
            Version = reader.GetInt32(4),
            IsRepeat = reader.GetBoolean(5),
        };
    }

    static async Task<FileCondition> ConditionAsync(NpgsqlConnection connection, FileId file, FileCondition locked, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT n.file_id, n.version, n.status, n.size = f.size AND n.mtime_ns = f.mtime_ns,
                {FileRows.Count("f")},
                -- An archive's rows are those of its members.
                (SELECT coalesce(sum({FileRows.Count("o")}), 0) FROM ingest.file v JOIN ingest.file o ON o.file_id = v.file_id OR o.parent_id = v.file_id
                    WHERE v.pipeline = f.pipeline AND v.path = f.path AND v.version <= f.version)::bigint,
                (SELECT p.config::text FROM ingest.pipeline p WHERE p.name = f.pipeline)
            FROM ingest.file f CROSS JOIN LATERAL (
                SELECT file_id, version, status, size, mtime_ns FROM ingest.file l WHERE l.pipeline = f.pipeline AND l.path = f.path
                ORDER BY version DESC LIMIT 1) n
            WHERE f.file_id = $1
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var pipeline = NotedPipeline.Of(await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6));
        return locked with
        {
            NewestId = new FileId(reader.GetInt64(0)),
            NewestVersion = reader.GetInt32(1),
            NewestStatus = FileStatusWords.Parse(reader.GetString(2)),
            NewestIsTheSame = reader.GetBoolean(3),
            CommittedRows = reader.GetInt64(4),
            PathRows = reader.GetInt64(5),
            WhyNotReplaced = pipeline is null ? "the ledger has no configuration of its pipeline that this release can read" : Replacement.WhyNot(pipeline),
            IsReplacedByNewer = pipeline?.OnChange == ChangePolicy.Replace,
        };
    }

    static async Task<FileId> ChangeAsync(
        NpgsqlConnection connection, FileVerb verb, FileId file, FileStatus status, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE ingest.file f SET {FileTransitions.Obey.SetTo("$2")}, reason = $3, is_skipped = $2 = {FileStatusSql.Ignored},
                ready_at = CASE WHEN $2 = {FileStatusSql.Ready} THEN clock_timestamp() ELSE ready_at END,
                finished_at = CASE WHEN $2 <> {FileStatusSql.Ready} THEN clock_timestamp() END,
                is_forced = is_forced OR $2 = {FileStatusSql.Ready} AND f.status = {FileStatusSql.Ignored} AND same_as IS NOT NULL,
                same_as = CASE WHEN $2 <> {FileStatusSql.Ready} THEN same_as END
            WHERE f.file_id = $1 AND {FileTransitions.Obey.IsAllowed}
            """, connection)
        {
            Parameters =
            {
                new() { Value = file.Value }, new() { Value = status.ToWord() },
                new() { Value = $"{FileVerbs.NameOf(verb)} by {act.Who}{(act.Reason is { } why ? $": {why}" : "")}" },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return file;
    }

    static async Task<FileId> AddVersionAsync(NpgsqlConnection connection, FileId file, bool isReplacement, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, reason, ready_at, is_forced, is_replacement,
                parent_id, version_token, uri)
            SELECT pipeline, path, version + 1, size, mtime_ns, dev, inode, ctime_ns, {FileTransitions.Add.Into}, $2, clock_timestamp(), true, $3,
                parent_id, version_token, uri
            FROM ingest.file WHERE file_id = $1
            RETURNING file_id
            """, connection)
        {
            Parameters =
            {
                new() { Value = file.Value },
                new() { Value = $"{(isReplacement ? "replacement" : "replay")} of file {file} by {act.Who}{(act.Reason is { } why ? $": {why}" : "")}" },
                new() { Value = isReplacement },
            },
        };
        return new FileId((long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    static async Task NoteAsync(
        NpgsqlConnection connection, FileVerb verb, FileId file, OperatorAct act, string message, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO ingest.history (kind, pipeline, file_id, who, detail) SELECT $2, pipeline, file_id, $3, $4 FROM ingest.file WHERE file_id = $1", connection)
        {
            Parameters =
            {
                new() { Value = file.Value }, new() { Value = $"operator.{FileVerbs.NameOf(verb)}" }, new() { Value = act.Who },
                new() { Value = act.Reason is { } why ? $"{message} ({why})" : message },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
