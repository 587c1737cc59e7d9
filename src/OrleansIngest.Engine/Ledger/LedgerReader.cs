using Npgsql;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Reads of the ledger that do not affect decisions.</summary>
public sealed class LedgerReader(NpgsqlConnection connection)
{
    /// <summary>The committed spans of files, merged and in order; a file without any is omitted.</summary>
    public async Task<IReadOnlyDictionary<FileId, IReadOnlyList<PositionSpan>>> CommittedAsync(
        IReadOnlyList<FileId> files, CancellationToken cancellationToken)
    {
        var committed = new Dictionary<FileId, IReadOnlyList<PositionSpan>>();
        if (files.Count == 0) return committed;
        await using var command = new NpgsqlCommand(
            "SELECT file_id, start_offset, end_offset FROM ingest.batch WHERE file_id = ANY ($1) ORDER BY file_id, start_offset",
            connection);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var file = new FileId(reader.GetInt64(0));
            var range = new PositionSpan(reader.GetInt64(1), reader.GetInt64(2));
            if (!committed.TryGetValue(file, out var ranges)) committed.Add(file, ranges = new List<PositionSpan>());
            var merged = (List<PositionSpan>)ranges;
            if (merged.Count > 0 && merged[^1].End == range.Start) merged[^1] = merged[^1] with { End = range.End };
            else merged.Add(range);
        }

        return committed;
    }

    /// <summary>Points where decoding of the open spans of files may start: for each span, the last one that is not after its
    /// start; a file without any is omitted.</summary>
    /// <param name="files">The files.</param>
    /// <param name="committed">Their committed spans (<see cref="CommittedAsync"/>).</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyDictionary<FileId, IReadOnlyList<RestartPoint>>> RestartPointsAsync(
        IReadOnlyList<FileId> files, IReadOnlyDictionary<FileId, IReadOnlyList<PositionSpan>> committed,
        CancellationToken cancellationToken)
    {
        var points = new Dictionary<FileId, IReadOnlyList<RestartPoint>>();
        (FileId File, long Start)[] open = [.. files.SelectMany(f => committed[f].Select(done => (f, done.End)))];
        if (open.Length == 0) return points;
        await using var command = new NpgsqlCommand(
            """
            SELECT DISTINCT o.file_id, p.restart_position, p.restart_offset
                FROM unnest($1::bigint[], $2::bigint[]) AS o (file_id, start)
            CROSS JOIN LATERAL (SELECT b.restart_position, b.restart_offset FROM ingest.batch b
                WHERE b.file_id = o.file_id AND b.start_offset < o.start AND b.restart_position <= o.start
                ORDER BY b.start_offset DESC LIMIT 1) p
            ORDER BY 1, 2
            """, connection);
        command.Parameters.Add(new() { Value = open.Select(o => o.File.Value).ToArray() });
        command.Parameters.Add(new() { Value = open.Select(o => o.Start).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var file = new FileId(reader.GetInt64(0));
            if (!points.TryGetValue(file, out var known)) points.Add(file, known = new List<RestartPoint>());
            ((List<RestartPoint>)known).Add(new RestartPoint(reader.GetInt64(1), reader.GetInt64(2)));
        }

        return points;
    }

    /// <summary>Number and line of the record that starts at an offset, which is the end of a committed range.</summary>
    public async Task<RecordPosition> PositionAtAsync(FileId file, long offset, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT first_record + records, first_line + lines FROM ingest.batch WHERE file_id = $1 AND end_offset = $2 AND "
                + "start_offset < $2", connection);
        command.Parameters.Add(new() { Value = file.Value });
        command.Parameters.Add(new() { Value = offset });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new InvalidOperationException($"The ledger has no batch of file {file} that ends at position {offset}.");
        return new RecordPosition(reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Whether a file of a pipeline waits or is being loaded.</summary>
    public async Task<bool> HasOpenAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(
                (SELECT true FROM ingest.file f WHERE f.pipeline = $1 AND f.status {FileStatusSql.IsWaiting}
                    {FileStatusSql.OldestFirst("f")} LIMIT 1),
                (SELECT true FROM ingest.file f WHERE f.pipeline = $1 AND f.status = {FileStatusSql.Loading}
                    ORDER BY f.owner_node, f.file_id LIMIT 1), false)
            """, connection);
        command.Parameters.Add(new() { Value = pipeline });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Number of the pipelines' files that were quarantined since an instant, and still are.</summary>
    /// <param name="pipelines">Their names.</param>
    /// <param name="since">By the database's clock (<see cref="NowAsync"/>).</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<long> CountQuarantinedAsync(
        IReadOnlyList<string> pipelines, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT count(*) FROM ingest.file
            WHERE pipeline = ANY ($1) AND status = {FileStatusSql.Quarantined} AND finished_at >= $2
            """, connection);
        command.Parameters.Add(new() { Value = pipelines.ToArray() });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The state of every file of a pipeline below a directory, newest versions only.</summary>
    public async Task<IReadOnlyList<FileState>> StatesBelowAsync(
        string pipeline, string directory, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT DISTINCT ON (f.path) {FileState.Columns}
            FROM ingest.file f WHERE f.pipeline = $1 AND starts_with(f.path, $2) ORDER BY f.path, f.version DESC
            """, connection);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = directory.TrimEnd('/') + "/" });
        return await FileState.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>The database's clock, on which instants in the ledger are based.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);
    }
}
