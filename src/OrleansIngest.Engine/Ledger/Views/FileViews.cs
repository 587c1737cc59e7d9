using System.Text.Json;
using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of files: searched, sorted and paged.</summary>
public sealed class FileViews(NpgsqlDataSource dataSource)
{
    const string Columns =
        $"""
        f.file_id, f.pipeline, f.path, f.version, f.size, f.mtime_ns, f.status, f.reason, f.error, f.owner_node, f.epoch,
        f.attempts, f.next_attempt_at,
        coalesce(b.loaded, f.rows_loaded), coalesce(b.rejected, f.rows_rejected), coalesce(b.skipped, f.rows_skipped),
        coalesce(b.records, f.records_read),
        coalesce(b.positions, CASE WHEN f.status = {FileStatusSql.Loaded} THEN coalesce(f.end_position, f.bytes_read) ELSE 0 END),
        f.discovered_at, f.ready_at, f.claimed_at, f.started_at, f.finished_at, f.sha256, clock_timestamp(),
        f.is_skipped, n.file_id, n.version, n.status, n.size = f.size AND n.mtime_ns = f.mtime_ns, same.file_id, same.path,
        o.open, f.columns_note::text, coalesce(b.suppressed, f.rows_suppressed), f.position_unit,
        CASE WHEN f.position_unit = 'byte' THEN f.size ELSE f.end_position END, f.parent_id, f.layout::text,
        coalesce(b.inserted, f.rows_inserted), coalesce(b.updated, f.rows_updated), coalesce(b.unchanged, f.rows_unchanged),
        by.keeps_file, by.can_replace, by.replaces, f.target
        """;

    // While a file is not finished, its row has no totals yet: they are in its batches. The available actions depend on the
    // newest version.
    const string Joined =
        $"""
        LEFT JOIN LATERAL (SELECT sum(rows_loaded)::bigint AS loaded, sum(rows_rejected)::bigint AS rejected,
            sum(rows_skipped)::bigint AS skipped,
                sum(rows_suppressed)::bigint AS suppressed,
                sum(rows_inserted)::bigint AS inserted, sum(rows_updated)::bigint AS updated,
                    sum(rows_unchanged)::bigint AS unchanged,
                sum(records)::bigint AS records, sum(end_offset - start_offset)::bigint AS positions
            FROM ingest.batch WHERE file_id = f.file_id AND f.status <> {FileStatusSql.Loaded} AND f.epoch > 0) b ON true
        CROSS JOIN LATERAL (SELECT file_id, version, status, size, mtime_ns FROM ingest.file l WHERE l.pipeline = f.pipeline
            AND l.path = f.path
            ORDER BY version DESC LIMIT 1) n
        -- Two files of one content whose commits overlap do not see each other, so it is looked up here.
        -- OFFSET keeps the function out of the join's condition, where it would run for every file of the ledger.
        CROSS JOIN LATERAL (SELECT coalesce(f.same_as,
            CASE WHEN f.status = {FileStatusSql.Loaded} THEN ingest.same_content(f.pipeline, f.size, f.sha256,
                f.finished_at) END) AS file_id OFFSET 0) looked_up
        LEFT JOIN ingest.file same ON same.file_id = looked_up.file_id
        CROSS JOIN LATERAL (SELECT coalesce(bool_or({Replacement.KeepsFile}), false) AS keeps_file,
            coalesce(bool_or({Replacement.IsPossible}), false) AS can_replace,
                coalesce(bool_or(p.config ->> 'onChange' = 'replace'), false) AS replaces
            FROM ingest.pipeline p WHERE p.name = f.pipeline) by
        CROSS JOIN LATERAL (SELECT coalesce(sum(rejects), 0)::bigint AS open FROM ingest.reject_count r
            WHERE r.file_id = f.file_id) o
        """;

    /// <summary>Maximum number of batches listed for a file.</summary>
    public const int MostBatches = 500;

    const int MostEvents = 100;

    /// <summary>A page of the matching files.</summary>
    /// <param name="filter">Selects and sorts the files.</param>
    /// <param name="limit">Maximum number, 1 to 1000.</param>
    /// <param name="after">Where to continue; null for the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BadCursorException"><paramref name="after"/> belongs to another list.</exception>
    public async Task<ViewList<FileRow>> ListAsync(FileFilter filter, int limit, PageCursor? after,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (filter.IsByOpenRejects && filter.Sort == FileSort.DiscoveredAt) await connection.WithLookupsAsync(cancellationToken);
        var order = FileOrderSql.Of(filter);
        var rows = new List<(FileRow Row, string? Value)>();
        foreach (var part in order.Parts(after))
        {
            if (rows.Count > limit) break;
            try
            {
                rows.AddRange(await PageAsync(connection, filter, order, part, limit + 1 - rows.Count, cancellationToken));
            }
            catch (PostgresException failure) when (after is not null
                && failure.SqlState.StartsWith("22", StringComparison.Ordinal))
            {
                throw new BadCursorException(); // its value does not belong to this order
            }
        }

        // A list with one page has been counted by reading it, so a search with few results reads the ledger once.
        var (total, atLeast) = after is null && rows.Count <= limit
            ? (rows.Count, null)
            : await FileStateViews.TotalAsync(connection, filter, cancellationToken);
        var page = rows.Take(limit).ToArray();
        var next = rows.Count > limit ? new PageCursor(page[^1].Value, page[^1].Row.Id).ToString() : null;
        return new ViewList<FileRow>([.. page.Select(r => r.Row)], total, atLeast, next);
    }

    /// <summary>One file; null if there is none with this key.</summary>
    public async Task<FileRow?> FindAsync(FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Columns} FROM ingest.file f {Joined} WHERE f.file_id = $1");
        command.Parameters.Add(new() { Value = file.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>One file with its batches and its history; null if there is none with this key.</summary>
    public async Task<FileDetail?> DescribeAsync(FileId file, CancellationToken cancellationToken)
    {
        if (await FindAsync(file, cancellationToken) is not { } row) return null;
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT start_offset, end_offset, first_record, first_line, records, rows_loaded, rows_rejected, rows_skipped, epoch,
                node, lane, read_us, wait_us,
                copy_us, commit_us, committed_at, (SELECT count(*) FROM ingest.batch WHERE file_id = $1), rows_inserted,
                    rows_updated, rows_unchanged
            FROM ingest.batch WHERE file_id = $1 ORDER BY start_offset LIMIT {MostBatches}
            """);
        command.Parameters.Add(new() { Value = file.Value });
        long total = 0;
        var batches = await command.ReadAllAsync(r =>
        {
            total = r.GetInt64(16);
            return BatchRow.Read(r);
        }, cancellationToken);
        var events = await new HistoryViews(dataSource).ListAsync(new HistoryFilter { FileId = file.Value }, MostEvents, null,
            cancellationToken);
        return new FileDetail(row, batches, total, events.Items);
    }

    /// <summary>Files that are loading, or were finished in the last seconds; newest first.</summary>
    /// <param name="within">How long ago they may have been finished.</param>
    /// <param name="limit">Maximum number.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<FileRow>> ChangedAsync(TimeSpan within, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {Columns} FROM (
                (SELECT * FROM ingest.file WHERE status = {FileStatusSql.Loading} ORDER BY owner_node, file_id LIMIT $2)
                UNION ALL
                (SELECT * FROM ingest.file WHERE finished_at > statement_timestamp() - $1 AND file_id IN (
                    SELECT file_id FROM ingest.batch WHERE committed_at > statement_timestamp() - $1 - interval '2 s'
                        ORDER BY committed_at DESC LIMIT 20 * $2)
                    ORDER BY finished_at DESC, file_id DESC LIMIT $2)
                UNION ALL
                (SELECT * FROM ingest.file WHERE status = {FileStatusSql.Quarantined} AND finished_at > statement_timestamp() - $1
                    LIMIT $2)) f
            {Joined} ORDER BY f.finished_at DESC NULLS FIRST, f.file_id DESC LIMIT $2
            """);
        command.Parameters.Add(new() { Value = within });
        command.Parameters.Add(new() { Value = limit });
        return (await command.ReadAllAsync(Read, cancellationToken)).DistinctBy(f => f.Id).ToArray();
    }

    static async Task<List<(FileRow, string?)>> PageAsync(
        NpgsqlConnection connection, FileFilter filter, FileOrderSql order, FileOrderSql.Part part, int limit,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var where = FileFilterSql.Where(filter, command.Parameters);
        if (part.Condition is { } condition) where.Add(condition(command.Parameters));
        command.Parameters.Add(new() { Value = limit });
        // First the page, then its batches: sums are computed only for these rows.
        command.CommandText =
            $"""
            SELECT {Columns}, {order.ValueAsText} AS sort_value FROM (
                {FileKeysSql.Query(filter, order, part, where, $"${command.Parameters.Count}")}) page
            JOIN ingest.file f USING (file_id)
            {Joined} ORDER BY {part.OrderBy}
            """;
        var rows = new List<(FileRow, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add((Read(reader), reader.Text(reader.GetOrdinal("sort_value"))));
        return rows;
    }

    static FileRow Read(NpgsqlDataReader reader)
    {
        var path = reader.GetString(2);
        var status = reader.GetString(6);
        var (size, positions) = (reader.GetInt64(4), reader.GetInt64(17));
        var unit = reader.GetString(35);
        long? endPosition = reader.IsDBNull(36) ? null : reader.GetInt64(36);
        var modified = DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64(5) / 100);
        var (started, finished, now) = (reader.Instant(21), reader.Instant(22), reader.Instant(24)!.Value);
        var ended = finished ?? (status == "loading" ? now : null);
        var discovered = reader.Instant(18)!.Value;
        return new FileRow
        {
            Id = reader.GetInt64(0),
            Pipeline = reader.GetString(1),
            Path = path,
            Name = path[(path.LastIndexOf('/') + 1)..],
            Version = reader.GetInt32(3),
            Size = size,
            Mtime = modified,
            Status = status,
            State = FileStates.Of(status, reader.GetInt64(13), reader.GetInt64(14), reader.GetInt64(32)),
            Reason = reader.Text(7),
            Error = reader.Text(8),
            Node = reader.Text(9),
            Epoch = reader.GetInt32(10),
            Attempts = reader.GetInt32(11),
            NextAttemptAt = reader.Instant(12),
            RowsLoaded = reader.GetInt64(13),
            RowsRejected = reader.GetInt64(14),
            OpenRejects = reader.GetInt64(32),
            RowsSkipped = reader.GetInt64(15),
            RowsSuppressed = reader.GetInt64(34),
            RowsInserted = reader.IsDBNull(39) ? null : reader.GetInt64(39),
            RowsUpdated = reader.IsDBNull(40) ? null : reader.GetInt64(40),
            RowsUnchanged = reader.IsDBNull(41) ? null : reader.GetInt64(41),
            RecordsRead = reader.GetInt64(16),
            BytesRead = PositionUnits.Parse(unit) == PositionUnit.Byte ? positions : status == "loaded" ? size : null,
            PositionUnit = unit,
            PositionsRead = positions,
            EndPosition = endPosition,
            Progress = status == "loaded" ? 1
                : endPosition is not { } last ? null : last == 0 ? 0 : Math.Round(Math.Min(1, positions / (double)last), 4),
            ParentId = reader.IsDBNull(37) ? null : reader.GetInt64(37),
            Target = reader.Text(45),
            Layout = reader.Text(38) is { } layout ? JsonElement.Parse(layout) : null,
            DiscoveredAt = discovered,
            ReadyAt = reader.Instant(19),
            ClaimedAt = reader.Instant(20),
            StartedAt = started,
            FinishedAt = finished,
            DurationMs = ended - started is { } took ? Milliseconds(took) : null,
            LatencyMs = status == "loaded" && finished is { } end ? Milliseconds(end - InPlace(modified, discovered, end)) : null,
            Sha256 = reader.IsDBNull(23) ? null : Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(23)),
            SameAs = reader.IsDBNull(30) ? null : reader.GetInt64(30),
            SameAsPath = reader.Text(31),
            ColumnsNote = ColumnsNote.FromJson(reader.Text(33)),
            IsReplacedByNewer = reader.GetBoolean(44),
            Actions = ActionsOf(reader.GetBoolean(42), new FileCondition
            {
                Status = FileStatusNames.Parse(status),
                Skipped = reader.GetBoolean(25),
                IsRepeat = status == "ignored" && !reader.IsDBNull(30),
                CommittedRows = reader.GetInt64(13),
                PathRows = reader.GetInt64(13),
                Version = reader.GetInt32(3),
                NewestId = new FileId(reader.GetInt64(26)),
                NewestVersion = reader.GetInt32(27),
                NewestStatus = FileStatusNames.Parse(reader.GetString(28)),
                NewestIsTheSame = reader.GetBoolean(29),
                WhyNotReplaced = reader.GetBoolean(43) ? null : "",
                IsReplacedByNewer = reader.GetBoolean(44),
            }),
        };
    }

    /// <summary>If a replay replaces rows in any case, there is no second verb for it.</summary>
    static IReadOnlyList<string> ActionsOf(bool keepsFile, FileCondition file)
    {
        var verbs = FileVerbs.For(file, again: true).Where(v => v != "replace" || !file.IsReplacedByNewer);
        return [.. keepsFile && file.CommittedRows > 0 && file.Status != FileStatus.Loading ? verbs.Append("undo") : verbs];
    }

    /// <summary>When the complete file was in place; the same rule as <c>ingest.in_place</c>.</summary>
    static DateTimeOffset InPlace(DateTimeOffset modified, DateTimeOffset discovered, DateTimeOffset finished) =>
        modified >= discovered.AddMinutes(-1) && modified <= finished ? modified : discovered;

    static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
