using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Claims: which files a node may load.</summary>
public sealed partial class FileLedger
{
    readonly ClaimFloors _floors = new(TimeProvider.System);
    int _claims;

    /// <summary>The clock of the claim floors. Default: the system's.</summary>
    internal TimeProvider Time { init => _floors = new(value); }

    /// <summary>The disposal of a pipeline's files (<c>ingest.file.disposal</c>), recorded by each
    /// claim. Default: files are kept.</summary>
    public Func<string, string?>? DisposalOf { get; init; }

    /// <summary>Whether files of a pipeline that arrived in the last minute are claimed before older ones
    /// (<see cref="ClaimOrder"/>). Default: null, oldest first.</summary>
    public Func<string, bool>? RecentFirst { get; init; }

    /// <summary>Whether files of a pipeline are followed while they grow. Default: null, none.</summary>
    public Func<string, bool>? Tails { get; init; }

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
        await using (var batch = only is null ? KeptPlans.InOrderOfAnIndex(connection) : new NpgsqlBatch(connection))
        {
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
        claims.Sort(OldestFirst);
        if (members.Count == 0 && claims.TrueForAll(c => c.Epoch == 1)) return claims;

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
            .Select(c => restarts.TryGetValue(c.FileId, out var points) ? c with { RestartPoints = points } : c)];
    }

    static int OldestFirst(FileClaim one, FileClaim other)
    {
        var byAge = one.File.ModifiedNanoseconds.CompareTo(other.File.ModifiedNanoseconds);
        return byAge != 0 ? byAge : one.FileId.CompareTo(other.FileId);
    }

    bool IsTurnOfOld(int places) => places < ClaimOrder.FewPlaces
        && Interlocked.Increment(ref _claims) % ClaimOrder.FewPlaces == 0;
}
