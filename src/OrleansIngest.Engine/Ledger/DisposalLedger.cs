using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Files to be archived, moved or deleted. The file's own row records the action (<c>ingest.file.disposal</c>) from
/// the transaction that marked it loaded or quarantined until the action is done. One program at a time owns a file, under a
/// lease.</summary>
public sealed class DisposalLedger(NpgsqlDataSource dataSource)
{
    /// <summary>The owner of a file renews this while it copies; after that another process may continue
    /// with the chosen destination.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Number of consecutive failed attempts before an alert.</summary>
    public const int AlertAfter = 5;

    /// <summary>The condition that the version of an alias is loaded and was moved away: a file at
    /// its path is a new delivery.</summary>
    internal static string IsDisposed(string alias) =>
        $"""
        {alias}.status IN ({FileStatusSql.Loaded}, {FileStatusSql.Ignored})
            AND EXISTS (SELECT FROM ingest.disposal d WHERE d.file_id = {alias}.file_id AND d.done_at IS NOT NULL
                AND d.outcome <> 'replaced')
        """;

    // As the index file_disposal has it.
    const string IsOver = $"IN ({FileStatusSql.Loaded}, {FileStatusSql.Quarantined}, {FileStatusSql.Ignored})";

    const string IsOpen =
        $"IN ({FileStatusSql.Discovered}, {FileStatusSql.Ready}, {FileStatusSql.Loading}, {FileStatusSql.Failed})";

    // An archive is due when all of its members have ended; if one of them is quarantined, it counts as quarantined.
    const string Kind =
        $"""
        CASE WHEN f.status = {FileStatusSql.Quarantined}
            OR EXISTS (SELECT FROM ingest.file m WHERE m.parent_id = f.file_id AND m.status = {FileStatusSql.Quarantined}
                AND NOT EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = m.pipeline AND l.path = m.path
                    AND l.version > m.version))
            THEN {FileStatusSql.Quarantined} ELSE {FileStatusSql.Loaded} END
        """;

    // Its lease or wait has ended, or its owner is dead.
    const string IsFree =
        """
        (d.done_at IS NOT NULL OR d.next_attempt_at <= clock_timestamp() OR $6 AND d.error IS NOT NULL
            OR d.error IS NULL AND NOT EXISTS (
                SELECT FROM ingest.node o WHERE o.node = d.node AND o.state IN ('alive', 'draining')))
        """;

    static readonly string Take =
        $"""
        WITH due AS (
            SELECT f.file_id, f.pipeline, f.path, f.size, f.mtime_ns, f.dev, f.inode, coalesce(f.ctime_ns, 0) AS ctime_ns,
                f.sha256, f.epoch, f.finished_at,
                f.reason, f.disposal, k.kind
            FROM ingest.file f CROSS JOIN LATERAL (SELECT {Kind} AS kind) k LEFT JOIN ingest.disposal d USING (file_id)
            WHERE f.disposal IS NOT NULL AND f.status {IsOver} AND f.pipeline = ANY ($1)
                AND ($2::bigint[] IS NULL OR f.file_id = ANY ($2)) AND f.disposal -> k.kind IS NOT NULL
                AND (f.status <> {FileStatusSql.Ignored} OR f.same_as IS NOT NULL)
                AND (d.file_id IS NULL OR {IsFree})
                AND NOT EXISTS (SELECT FROM ingest.file m WHERE m.parent_id = f.file_id
                    AND (m.status {IsOpen} OR m.status = {FileStatusSql.Vanished}))
                -- Its file is about to be loaded once more.
                AND NOT EXISTS (SELECT FROM ingest.file n WHERE n.pipeline = f.pipeline AND n.path = f.path
                    AND n.version > f.version
                    AND (n.size, n.mtime_ns) = (f.size, f.mtime_ns) AND n.status {IsOpen})
            ORDER BY f.finished_at LIMIT $3 FOR UPDATE OF f SKIP LOCKED
        ), taken AS (
            INSERT INTO ingest.disposal AS d (file_id, pipeline, action, next_attempt_at, node, base_reason)
            SELECT file_id, pipeline, disposal -> kind ->> 'do', clock_timestamp() + $4, $5, reason FROM due
            ON CONFLICT (file_id) DO UPDATE SET next_attempt_at = excluded.next_attempt_at, node = excluded.node,
                action = excluded.action,
                target = CASE WHEN d.done_at IS NULL THEN d.target END, attempts = CASE WHEN d.done_at IS NULL THEN d.attempts
                    ELSE 0 END,
                base_reason = CASE WHEN d.done_at IS NULL THEN d.base_reason
                    ELSE excluded.base_reason END, done_at = NULL, outcome = NULL, error = NULL
            WHERE {IsFree}
            RETURNING d.file_id, d.target, d.attempts
        )
        SELECT u.path, u.size, u.mtime_ns, u.dev, u.inode, u.ctime_ns, u.file_id, u.pipeline, u.epoch, u.sha256, u.finished_at,
            u.disposal ->> 'sentinel',
            u.disposal -> u.kind ->> 'do', u.disposal -> u.kind ->> 'to',
                coalesce((u.disposal -> u.kind ->> 'gzip')::boolean, false), t.target, t.attempts
        FROM due u JOIN taken t USING (file_id) ORDER BY u.finished_at
        """;

    // The file before its disposal, as Take locks them: in the other order two nodes could wait for each other.
    const string Locked = "locked AS MATERIALIZED (SELECT file_id FROM ingest.file WHERE file_id = $1 FOR NO KEY UPDATE)";

    /// <summary>Takes files that are due, oldest first, under a lease.</summary>
    /// <param name="pipelines">The pipelines.</param>
    /// <param name="only">Only these files; null for any.</param>
    /// <param name="limit">Maximum number of files.</param>
    /// <param name="node">The node that takes them.</param>
    /// <param name="atOnce">Whether failed files are taken before their delay has passed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<DueDisposal>> TakeAsync(
        IReadOnlyList<string> pipelines, IReadOnlyList<FileId>? only, int limit, NodeId node, bool atOnce,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Take);
        command.Parameters.Add(new() { Value = pipelines.ToArray() });
        command.Parameters.Add(new()
        {
            Value = (object?)only?.Select(f => f.Value).ToArray() ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = Lease });
        command.Parameters.Add(new() { Value = node.Value });
        command.Parameters.Add(new() { Value = atOnce });
        var due = new List<DueDisposal>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new DueDisposal
            {
                File = FileLedger.ReadFile(reader, 0) with { ChangedNanoseconds = reader.GetInt64(5) },
                FileId = new FileId(reader.GetInt64(6)),
                Pipeline = reader.GetString(7),
                Epoch = reader.GetInt32(8),
                Sha256 = reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9),
                FinishedAt = new DateTimeOffset(reader.GetDateTime(10), TimeSpan.Zero),
                Sentinel = Text(11),
                Step = new DisposalStep(reader.GetString(12), Text(13), reader.GetBoolean(14)),
                Target = Text(15),
                Attempts = reader.GetInt32(16),
                Node = node,
            });
        }

        return due;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Number of files of a pipeline that are due or in progress, without those whose last attempt failed.</summary>
    public async Task<long> PendingAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT count(*) FROM ingest.file f CROSS JOIN LATERAL (SELECT {Kind} AS kind) k LEFT JOIN ingest.disposal d
                USING (file_id)
            WHERE f.disposal IS NOT NULL AND f.status {IsOver} AND f.pipeline = $1 AND f.disposal -> k.kind IS NOT NULL
                AND (f.status <> {FileStatusSql.Ignored} OR f.same_as IS NOT NULL) AND d.error IS NULL
                AND NOT EXISTS (SELECT FROM ingest.file m WHERE m.parent_id = f.file_id AND m.status = {FileStatusSql.Vanished})
            """);
        command.Parameters.Add(new() { Value = pipeline });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Reserves a destination for a file, before anything is moved.</summary>
    /// <returns>False when another file has it.</returns>
    /// <exception cref="DisposalLostException">The lease has expired, and another program has the file.</exception>
    public async Task<bool> ReserveAsync(DueDisposal due, string target, CancellationToken cancellationToken)
    {
        try
        {
            await MineAsync(
                "UPDATE ingest.disposal SET target = $3, next_attempt_at = clock_timestamp() + $4 WHERE file_id = $1 AND node = "
                    + "$2 AND done_at IS NULL",
                due, cancellationToken, new NpgsqlParameter { Value = target }, new NpgsqlParameter { Value = Lease });
            return true;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>Keeps the lease.</summary>
    /// <exception cref="DisposalLostException">The lease has expired, and another program has the file.</exception>
    public Task RenewAsync(DueDisposal due, CancellationToken cancellationToken) => MineAsync(
        "UPDATE ingest.disposal SET next_attempt_at = clock_timestamp() + $3 WHERE file_id = $1 AND node = $2 AND "
            + "done_at IS NULL",
        due, cancellationToken, new NpgsqlParameter { Value = Lease });

    /// <summary>Records that the action is done.</summary>
    /// <param name="due">Taken before.</param>
    /// <param name="outcome"><c>archived</c>, <c>deleted</c>, <c>gone</c> or <c>replaced</c>.</param>
    /// <param name="text">Human-readable, appended to the file's reason.</param>
    /// <param name="cancellationToken">Cancels; the next owner of the file finds that it is done.</param>
    public async Task DoneAsync(DueDisposal due, string outcome, string text, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH {Locked}, done AS (
                UPDATE ingest.disposal d SET done_at = clock_timestamp(), outcome = $4, error = NULL, attempts = 0
                FROM locked l WHERE d.file_id = l.file_id AND d.node = $2 AND d.done_at IS NULL RETURNING d.file_id, d.base_reason
            )
            UPDATE ingest.file f SET disposal = NULL, reason = concat_ws('; ', d.base_reason, $5) FROM done d
            WHERE f.file_id = d.file_id AND f.epoch = $3 AND f.disposal IS NOT NULL AND f.status {IsOver}
            """);
        command.Parameters.Add(new() { Value = due.FileId.Value });
        command.Parameters.Add(new() { Value = due.Node.Value });
        command.Parameters.Add(new() { Value = due.Epoch });
        command.Parameters.Add(new() { Value = outcome });
        command.Parameters.Add(new() { Value = text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records a failure: retried after a delay, and shown with the file.</summary>
    public async Task FailedAsync(DueDisposal due, string reason, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH {Locked}, failed AS (
                UPDATE ingest.disposal d SET attempts = attempts + 1, error = $4, next_attempt_at = clock_timestamp() + $5
                FROM locked l WHERE d.file_id = l.file_id AND d.node = $2 AND d.done_at IS NULL RETURNING d.file_id, d.base_reason
            )
            UPDATE ingest.file f SET reason = concat_ws('; ', d.base_reason, $4) FROM failed d
            WHERE f.file_id = d.file_id AND f.epoch = $3 AND f.disposal IS NOT NULL AND f.status {IsOver}
            """);
        command.Parameters.Add(new() { Value = due.FileId.Value });
        command.Parameters.Add(new() { Value = due.Node.Value });
        command.Parameters.Add(new() { Value = due.Epoch });
        command.Parameters.Add(new() { Value = reason.Replace('\0', '\uFFFD') });
        command.Parameters.Add(new() { Value = retryAfter });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Sets the action for files that were loaded before it was configured, and are still in place.</summary>
    public async Task AskAsync(IReadOnlyList<FileId> files, string plan, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.file f SET disposal = $2::jsonb
            WHERE f.file_id = ANY ($1) AND f.parent_id IS NULL AND f.disposal IS NULL
                AND NOT EXISTS (SELECT FROM ingest.disposal d WHERE d.file_id = f.file_id AND d.done_at IS NOT NULL
                    AND d.outcome <> 'replaced')
                AND (f.status = {FileStatusSql.Loaded} OR f.status = {FileStatusSql.Ignored} AND f.same_as IS NOT NULL)
            """);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        command.Parameters.Add(new() { Value = plan });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task MineAsync(string sql, DueDisposal due, CancellationToken cancellationToken, params NpgsqlParameter[] more)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = due.FileId.Value });
        command.Parameters.Add(new() { Value = due.Node.Value });
        foreach (var parameter in more) command.Parameters.Add(parameter);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw new DisposalLostException();
    }
}
