using System.Text.Json;
using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A file as it is shown: the columns of a query, and how they are read.</summary>
static class FileRowSql
{
    /// <summary>The columns that <see cref="Read"/> reads, of <c>ingest.file f</c> and <see cref="Joined"/>.</summary>
    public const string Columns =
        $"""
        f.file_id, f.pipeline, f.path, f.version, f.size, f.mtime_ns, f.status, f.reason, f.error, f.owner_node, f.epoch,
        f.attempts, f.next_attempt_at, coalesce(b.loaded, f.rows_loaded), coalesce(b.rejected, f.rows_rejected),
        coalesce(b.skipped, f.rows_skipped), coalesce(b.records, f.records_read),
        coalesce(b.positions, CASE WHEN f.status = {FileStatusSql.Loaded} THEN coalesce(f.end_position, f.bytes_read) ELSE 0 END),
        f.discovered_at, f.ready_at, f.claimed_at, f.started_at, f.finished_at, f.sha256, clock_timestamp(),
        f.is_skipped, n.file_id, n.version, n.status, n.size = f.size AND n.mtime_ns = f.mtime_ns, same.file_id, same.path,
        o.open,
        f.columns_note::text, coalesce(b.suppressed, f.rows_suppressed), f.position_unit,
        CASE WHEN f.position_unit = 'byte' THEN f.size ELSE f.end_position END, f.parent_id, f.layout::text,
        coalesce(b.inserted, f.rows_inserted), coalesce(b.updated, f.rows_updated), coalesce(b.unchanged, f.rows_unchanged),
        by.keeps_file, by.can_replace, by.replaces, f.target, f.change_held
        """;

    /// <summary>The time from the last claim to the end, as an interval: a file that is retried does not count its time in
    /// quarantine. NULL if something else than the claim ended it.</summary>
    public const string Took =
        $"(CASE WHEN NOT f.is_skipped AND f.status <> {FileStatusSql.Vanished} "
            + "THEN f.finished_at - coalesce(f.claimed_at, f.started_at) END)";

    /// <summary>What else the columns are computed from. While a file is not finished, its row has no totals yet: they are in its
    /// batches. The available actions depend on the newest version.</summary>
    public const string Joined =
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

    /// <summary>Reads the current row of a query whose first columns are <see cref="Columns"/>.</summary>
    public static FileRow Read(NpgsqlDataReader reader)
    {
        var path = reader.GetString(2);
        var status = reader.GetString(6);
        var (size, positions) = (reader.GetInt64(4), reader.GetInt64(17));
        var unit = reader.GetString(35);
        long? endPosition = reader.IsDBNull(36) ? null : reader.GetInt64(36);
        var modified = DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64(5) / 100);
        var (ready, claimed, started) = (reader.Instant(19), reader.Instant(20), reader.Instant(21));
        var (finished, now) = (reader.Instant(22), reader.Instant(24)!.Value);
        var ended = reader.GetBoolean(25) || status == "vanished" ? null : finished ?? (status == "loading" ? now : null);
        var discovered = reader.Instant(18)!.Value;
        // As in ThroughputLedger.InPlace.
        var arrived = ready is { } again && (reader.GetBoolean(46) || again > started) ? again : discovered;
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
            ReadyAt = ready,
            ClaimedAt = claimed,
            StartedAt = started,
            FinishedAt = finished,
            DurationMs = ended - (claimed ?? started) is { } took ? Milliseconds(took) : null,
            LatencyMs = status == "loaded" && finished is { } end ? Milliseconds(end - InPlace(modified, arrived, end)) : null,
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
