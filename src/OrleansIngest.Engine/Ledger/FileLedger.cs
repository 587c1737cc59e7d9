using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Changes of a file's state outside the commits of its batches: discovered, claimed,
/// finished, failed, put back.</summary>
/// <remarks>A statement that changes a claimed file proves the claim's epoch, and returns whether it was in force.</remarks>
public sealed partial class FileLedger(NpgsqlDataSource dataSource)
{
    readonly ClaimFloors _floors = new(TimeProvider.System);
    int _claims;

    /// <summary>The clock of the claim floors. Default: the system's.</summary>
    internal TimeProvider Time { init => _floors = new(value); }

    /// <summary>Called when a file of more than one batch became <c>loaded</c>: pipeline, and time since it was in place.
    /// Default: nothing.</summary>
    public Action<string, TimeSpan>? OnFinished { get; init; }

    /// <summary>The disposal of a pipeline's files (<c>ingest.file.disposal</c>), recorded by each
    /// claim. Default: files are kept.</summary>
    public Func<string, string?>? DisposalOf { get; init; }

    /// <summary>Whether files of a pipeline that arrived in the last minute are claimed before older ones
    /// (<see cref="ClaimOrder"/>). Default: null, oldest first.</summary>
    public Func<string, bool>? RecentFirst { get; init; }

    /// <summary>Whether files of a pipeline are followed while they grow. Default: null, none.</summary>
    public Func<string, bool>? Tails { get; init; }

    internal const string InForce = $"file_id = $1 AND epoch = $2 AND owner_node = $3 AND status = {FileStatusSql.Loading}";

    /// <summary>Records a pipeline and its configuration.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="configJson">The configuration as JSON, for the monitor.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task NotePipelineAsync(string pipeline, string configJson, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ($1, $2::jsonb)
            ON CONFLICT (name) DO UPDATE SET config = excluded.config, updated_at = now() WHERE pipeline.config <> excluded.config
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = configJson });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Claims up to <paramref name="limit"/> waiting files for a node, oldest first, and
    /// returns their committed ranges.</summary>
    /// <param name="pipeline">Whose files.</param>
    /// <param name="owner">The node that may load them; gets none if it is draining, gone or dead.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="only">Only these files; null for any.</param>
    /// <param name="cancellationToken">Cancels; a claim that was committed meanwhile is released when its owner dies.</param>
    public async Task<IReadOnlyList<FileClaim>> ClaimAsync(
        string pipeline, NodeId owner, int limit, IReadOnlyList<FileId>? only, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var claims = new List<FileClaim>();
        var members = new List<FileId>();
        var picked = new List<(long ModifiedNanoseconds, bool IsRecent)>();
        var goesByFloors = only is null && RecentFirst?.Invoke(pipeline) == true;
        var floors = goesByFloors ? _floors.Take(pipeline) : ClaimFloors.None;
        await using (var batch = new NpgsqlBatch(connection))
        {
            // One transaction with the statement after it.
            if (only is null) batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimOrder.InOrderOfTheIndex));
            var command = new NpgsqlBatchCommand(
                $"""
                -- Locked, so that a node that is just leaving either sees the claim and gives it back, or does not get it.
                WITH owner AS (SELECT state FROM ingest.node WHERE node = $2 FOR SHARE),
                {ClaimOrder.Picked}
                UPDATE ingest.file f SET {FileTransitions.Claim.Set}, owner_node = $2,
                    disposal = CASE WHEN f.parent_id IS NULL THEN $5::jsonb END,
                    is_tailed = ($7 OR f.is_tailed AND f.epoch > 0) AND f.parent_id IS NULL AND NOT f.is_replacement
                FROM picked w
                WHERE f.file_id = w.file_id AND NOT EXISTS (SELECT FROM owner WHERE state <> 'alive')
                RETURNING f.path, f.size, f.mtime_ns, f.dev, f.inode, f.file_id, f.epoch, f.attempts, f.is_forced,
                    CASE WHEN f.version > 1 AND NOT f.is_forced THEN (
                        SELECT CASE WHEN l.size = f.size THEN l.file_id END FROM ingest.file l
                        WHERE l.pipeline = f.pipeline AND l.path = f.path AND l.version < f.version
                            AND l.status = {FileStatusSql.Loaded}
                        ORDER BY l.version DESC LIMIT 1) END,
                    f.position_unit, f.end_position, f.parent_id, f.version, f.is_replacement, f.target, f.is_tailed,
                    f.mtime_ns >= (SELECT since FROM recent)
                """);
            batch.BatchCommands.Add(command);
            command.Parameters.Add(new() { Value = pipeline });
            command.Parameters.Add(new() { Value = owner.Value });
            command.Parameters.Add(new() { Value = limit });
            command.Parameters.Add(new()
            {
                Value = (object?)only?.Select(f => f.Value).ToArray() ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            });
            command.Parameters.Add(new()
            {
                Value = (object?)DisposalOf?.Invoke(pipeline) ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Text
            });
            command.Parameters.Add(new() { Value = goesByFloors && !IsTurnOfOld(limit) });
            command.Parameters.Add(new() { Value = Tails?.Invoke(pipeline) == true });
            command.Parameters.Add(new() { Value = floors.Old });
            command.Parameters.Add(new() { Value = floors.Recent });
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (only is null) await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                picked.Add((reader.GetInt64(2), reader.GetBoolean(17)));
                if (!reader.IsDBNull(12)) members.Add(new FileId(reader.GetInt64(5)));
                claims.Add(new FileClaim
                {
                    FileId = new FileId(reader.GetInt64(5)),
                    Pipeline = pipeline,
                    File = ReadFile(reader, 0),
                    Epoch = reader.GetInt32(6),
                    Owner = owner,
                    Attempts = reader.GetInt32(7),
                    IsForced = reader.GetBoolean(8),
                    IsReplacement = reader.GetBoolean(14),
                    Earlier = reader.IsDBNull(9) ? null : new FileId(reader.GetInt64(9)),
                    IsTailed = reader.GetBoolean(16),
                    Version = reader.GetInt32(13),
                    Target = reader.IsDBNull(15) ? null : reader.GetString(15),
                    Unit = PositionUnits.Parse(reader.GetString(10)),
                    EndPosition = reader.IsDBNull(11) ? null : reader.GetInt64(11),
                    Committed = [],
                });
            }
        }

        if (goesByFloors) _floors.Raise(pipeline, picked);

        // A second statement, so that it sees the changes that the claim waited for.
        var again = claims.Where(c => c.Epoch > 1).Select(c => c.FileId).ToArray();
        var ledger = new LedgerReader(connection);
        var committed = await ledger.CommittedAsync(again, cancellationToken);
        var archives = await ArchiveLedger.ArchivesAsync(connection, members, cancellationToken);
        var restarts = await ledger.RestartPointsAsync(
            [.. claims.Where(c => c.Unit != PositionUnit.Byte && committed.ContainsKey(c.FileId)).Select(c => c.FileId)],
            committed, cancellationToken);
        return [.. claims.Select(c => committed.TryGetValue(c.FileId, out var done) ? c with { Committed = done } : c)
            .Select(c => archives.TryGetValue(c.FileId, out var archive) ? c with { Archive = archive } : c)
            .Select(c => restarts.TryGetValue(c.FileId, out var points) ? c with { RestartPoints = points } : c)
            .OrderBy(c => c.File.ModifiedNanoseconds).ThenBy(c => c.FileId)];
    }

    bool IsTurnOfOld(int places) => places < ClaimOrder.FewPlaces
        && Interlocked.Increment(ref _claims) % ClaimOrder.FewPlaces == 0;

    /// <summary>Records the properties found when the input of a claim was opened (<see cref="InputNote"/>).</summary>
    /// <returns>False when the claim is not in force, or positions of another unit are committed.</returns>
    public Task<bool> NoteInputAsync(FileClaim claim, InputNote note, CancellationToken cancellationToken) =>
        InputNoteLedger.WriteAsync(dataSource, claim, note, cancellationToken);

    /// <summary>Marks a file <c>loaded</c> if its batches cover it from 0 to its end without gap or overlap, and takes the totals
    /// from them (G1).</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">Where the input ends, in <paramref name="unit"/>: in stored bytes, every file ends at its size.</param>
    /// <param name="unit">The unit of its positions, as recorded before its first batch (<see cref="NoteInputAsync"/>), if it has
    /// any.</param>
    /// <param name="sha256">Of the stored bytes; null if unknown.</param>
    /// <param name="reason">A remark about the loaded file, human-readable; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The totals, or null when the claim is not in force or the batches do not cover the file.</returns>
    public async Task<FileTotals?> FinishAsync(
        FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FinishAsync(connection, claim, end, unit, sha256, reason, cancellationToken) is not { } done) return null;
        OnFinished?.Invoke(claim.Pipeline, TimeSpan.FromSeconds(done.Seconds));
        return done.Totals;
    }

    internal static async Task<(FileTotals Totals, double Seconds)?> FinishAsync(
        NpgsqlConnection connection, FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH ranges AS (
                SELECT start_offset, end_offset, lag(end_offset, 1, 0::bigint) OVER (ORDER BY start_offset) AS previous,
                    records, rows_loaded, rows_rejected, rows_skipped, rows_suppressed, rows_inserted, rows_updated,
                        rows_unchanged
                FROM ingest.batch WHERE file_id = $1
            ), totals AS (
                SELECT count(*) AS batches, coalesce(max(end_offset), 0) AS last_end,
                    coalesce(sum(records), 0)::bigint AS records,
                    coalesce(sum(rows_loaded), 0)::bigint AS loaded, coalesce(sum(rows_rejected), 0)::bigint AS rejected,
                    coalesce(sum(rows_skipped), 0)::bigint AS skipped, coalesce(sum(rows_suppressed), 0)::bigint AS suppressed,
                    sum(rows_inserted)::bigint AS inserted, sum(rows_updated)::bigint AS updated,
                        sum(rows_unchanged)::bigint AS unchanged,
                    coalesce(bool_and(start_offset = previous), true) AS seamless
                FROM ranges
            ), done AS (
                UPDATE ingest.file f SET {FileTransitions.Finish.Set}, reason = $5, sha256 = $4,
                    same_as = {ContentLedger.SameAs("$4")},
                    bytes_read = size, records_read = records, rows_loaded = loaded, rows_rejected = rejected,
                        rows_skipped = skipped,
                    rows_suppressed = suppressed, rows_inserted = inserted, rows_updated = updated, rows_unchanged = unchanged,
                        position_unit = $7, end_position = $6
                FROM totals WHERE {InForce} AND NOT {StageLedger.IsStaged("$1")} AND seamless AND last_end = $6
                    AND records = loaded + rejected + skipped
                    AND (batches = 0 OR f.position_unit = $7) AND ($7 <> 'byte' OR f.size = $6)
                RETURNING f.pipeline, f.rows_loaded, f.rows_rejected, f.rows_skipped, CASE WHEN f.position_unit = 'byte' THEN 0
                    ELSE f.size END AS bytes,
                    {ThroughputLedger.Latency}
            ), {ThroughputLedger.Latencies("$3", $"{ThroughputLedger.NoLane}")}, {ThroughputLedger.Finished("$3")}
            SELECT rows_loaded, rows_rejected, rows_skipped, extract(epoch FROM latency)::double precision FROM done
            """, connection);
        AddClaim(command, claim);
        command.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = end });
        command.Parameters.Add(new() { Value = unit.ToName() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return (new FileTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), reader.GetDouble(3));
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

    /// <summary>The newest version of each path that the ledger knows.</summary>
    public async Task<IReadOnlyList<FileState>> StatesAsync(
        string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT DISTINCT ON (f.path) {FileState.Columns}
            FROM ingest.file f WHERE f.pipeline = $1 AND f.path = ANY ($2) ORDER BY f.path, f.version DESC
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        return await FileState.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>Makes failed files ready at once, instead of at their next attempt.</summary>
    public async Task MakeReadyAsync(IReadOnlyList<FileId> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0) return;
        await using var command = dataSource.CreateCommand(
            $"UPDATE ingest.file f SET {FileTransitions.Hurry.Set} WHERE f.file_id = ANY ($1) AND "
                + $"{FileTransitions.Hurry.IsAllowed}");
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds the members of an archive as separate files, ready to be loaded, and marks the
    /// archive <c>loaded</c>, in one transaction. Repeating the call after a lost answer does no harm.</summary>
    /// <param name="claim">Of the archive; must be in force.</param>
    /// <param name="members">Its data files, in its order; with unique names.</param>
    /// <param name="sha256">Of the stored archive; null if unknown.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">Two members have the same name.</exception>
    public Task<Expansion> ExpandAsync(
        FileClaim claim, IReadOnlyList<ArchiveMember> members, byte[]? sha256, CancellationToken cancellationToken)
    {
        _floors.Lower(claim.Pipeline, claim.File.ModifiedNanoseconds);
        return new ArchiveLedger(dataSource).ExpandAsync(claim, members, sha256, OnFinished, cancellationToken);
    }

    /// <summary>The newest version of each member of archives.</summary>
    public Task<IReadOnlyList<FileState>> MembersAsync(IReadOnlyList<FileId> archives, CancellationToken cancellationToken) =>
        new ArchiveLedger(dataSource).MembersAsync(archives, cancellationToken);

    internal static SeenFile ReadFile(NpgsqlDataReader reader, int first) => new(
        reader.GetString(first), reader.GetInt64(first + 1), reader.GetInt64(first + 2),
        unchecked((ulong)reader.GetInt64(first + 3)), unchecked((ulong)reader.GetInt64(first + 4)));

    internal static void AddClaim(NpgsqlCommand command, FileClaim claim)
    {
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = claim.Owner.Value });
    }
}
