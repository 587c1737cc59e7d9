using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of rejected records: searched, paged, counted, exported.</summary>
public sealed class RejectViews(NpgsqlDataSource dataSource)
{
    /// <summary>Maximum number of characters shown of a record; an export contains it completely.</summary>
    public const int RawCharacters = 64 << 10;

    const int TopFiles = 20;

    /// <summary>The columns for <see cref="ReadReject"/>; the record itself follows.</summary>
    const string Columns =
        """
        c.id, c.pipeline, c.file_id, c.file, c.line, c.record_number, c.byte_offset, c.reason, c.column_name, c.detail,
        c.status, c.ingestion_time
        """;

    static readonly string RowColumns =
        $"""
        {Columns}, left(c.raw_record, {RawCharacters}), length(c.raw_record) > {RawCharacters},
        substring(c.raw_bytes FROM 1 FOR {RawCharacters}),
        coalesce(h.delimiter, p.config->'csv'->>'delimiter'), p.config->'csv'->>'quote', h.header::text, p.config->>'columns',
        (SELECT f.position_unit FROM ingest.file f WHERE f.file_id = c.file_id), c.issue,
        c.reason <> '{RejectReason.TooLong}', c.edited_record, {RejectVerbs.Candidates(RejectVerb.Reopen)}
        """;

    /// <summary>A page of the matching rejects, newest first.</summary>
    /// <param name="filter">Selects the rejects.</param>
    /// <param name="limit">Maximum number, 1 to 1000.</param>
    /// <param name="after">Where to continue; null for the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ViewList<RejectRow>> ListAsync(RejectFilter filter, int limit, PageCursor? after,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var page = new NpgsqlCommand { Connection = connection };
        var where = Where(filter, page.Parameters);
        if (after is { } last) where += $" AND c.id < {page.Parameters.Put(last.Id, NpgsqlDbType.Bigint)}";
        page.CommandText =
            $"""
            SELECT {RowColumns} FROM (SELECT * FROM public.corrupt_records c WHERE {where} ORDER BY c.id DESC
                LIMIT {page.Parameters.Put(limit + 1, NpgsqlDbType.Integer)}) c
            LEFT JOIN ingest.pipeline p ON p.name = c.pipeline LEFT JOIN ingest.reject_header h ON h.file_id = c.file_id
                ORDER BY c.id DESC
            """;
        var rows = await page.ReadAllAsync(ReadRow, cancellationToken);
        await using var count = new NpgsqlCommand { Connection = connection };
        count.CommandText =
            $"SELECT count(*) FROM (SELECT FROM public.corrupt_records c WHERE {Where(filter, count.Parameters)} LIMIT "
                + $"{ViewLimits.CountedUpTo + 1}) c";
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        var isCounted = total <= ViewLimits.CountedUpTo;
        var next = rows.Count > limit ? new PageCursor(null, rows[limit - 1].Id).ToString() : null;
        return new ViewList<RejectRow>([.. rows.Take(limit)], isCounted ? total : null,
            isCounted ? null : ViewLimits.CountedUpTo, next);
    }

    /// <summary>Counts matching rejects by reason and by file.</summary>
    public async Task<RejectSummary> SummarizeAsync(RejectFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var reasons = new NpgsqlCommand { Connection = connection };
        reasons.CommandText =
            $"SELECT c.reason, count(*) FROM public.corrupt_records c WHERE {Where(filter, reasons.Parameters)} GROUP BY "
                + "c.reason ORDER BY 2 DESC, 1";
        var byReason = await reasons.ReadAllAsync(r => new ReasonCount(r.GetString(0), r.GetInt64(1)), cancellationToken);
        await using var files = new NpgsqlCommand { Connection = connection };
        files.CommandText =
            $"""
            SELECT c.file_id, min(c.file), count(*) FROM public.corrupt_records c WHERE {Where(filter, files.Parameters)}
            GROUP BY c.file_id ORDER BY 3 DESC, 1 LIMIT {TopFiles}
            """;
        var byFile = await files.ReadAllAsync(r => new FileRejectCount(r.GetInt64(0), r.GetString(1), r.GetInt64(2)),
            cancellationToken);
        return new RejectSummary(byReason, byFile, byReason.Sum(r => r.Count));
    }

    /// <summary>Every matching reject, complete, in the order of their keys; read as the caller consumes them.</summary>
    public async IAsyncEnumerable<Reject> ExportAsync(
        RejectFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var unlimited = new NpgsqlCommand("SET statement_timeout = 0", connection))
            await unlimited.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        command.CommandText =
            $"SELECT {Columns}, c.raw_record FROM public.corrupt_records c WHERE {Where(filter, command.Parameters)} "
                + "ORDER BY c.id";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return ReadReject(reader);
    }

    internal static string Where(RejectFilter filter, NpgsqlParameterCollection parameters)
    {
        var where = new List<string> { "true" };
        if (filter.Ids is { } ids)
            where.Add($"c.id = ANY ({parameters.Put(ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)})");
        if (filter.Pipeline is { } pipeline) where.Add($"c.pipeline = {parameters.Put(pipeline, NpgsqlDbType.Text)}");
        if (filter.FileId is { } file) where.Add($"c.file_id = {parameters.Put(file, NpgsqlDbType.Bigint)}");
        if (filter.Reason is { } reason) where.Add($"c.reason = {parameters.Put(reason, NpgsqlDbType.Text)}");
        if (filter.Issue is { } issue) where.Add($"c.issue = {parameters.Put(issue, NpgsqlDbType.Bigint)}");
        if (filter.Table is { } table) where.Add($"{RejectIssueViews.TableOf} = {parameters.Put(table, NpgsqlDbType.Text)}");
        if (filter.Status is { } status) where.Add($"c.status = {parameters.Put(status, NpgsqlDbType.Text)}");
        if (filter.From is { } from)
            where.Add($"c.ingestion_time >= {parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (filter.To is { } to) where.Add($"c.ingestion_time < {parameters.Put(to.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (filter.Text is { } text)
        {
            var pattern = parameters.Put("%" + LikePattern.Escape(text) + "%", NpgsqlDbType.Text);
            where.Add($"(c.raw_record ILIKE {pattern} OR c.file ILIKE {pattern} OR c.detail ILIKE {pattern})");
        }

        return string.Join(" AND ", where);
    }

    static Reject ReadReject(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Pipeline = reader.GetString(1),
        FileId = reader.GetInt64(2),
        File = reader.GetString(3),
        Line = reader.IsDBNull(4) ? null : reader.GetInt64(4),
        RecordNumber = reader.GetInt64(5),
        ByteOffset = reader.GetInt64(6),
        Reason = reader.GetString(7),
        Column = reader.Text(8),
        Detail = reader.GetString(9),
        Status = reader.GetString(10),
        At = reader.Instant(11)!.Value,
        RawRecord = reader.GetString(12),
    };

    static RejectRow ReadRow(NpgsqlDataReader reader)
    {
        var reject = ReadReject(reader);
        var index = RejectField.IndexOf(reject.Column, reader.Text(17), reader.Text(18));
        return new(reject)
        {
            Truncated = reader.GetBoolean(13),
            RawBytesBase64 = reader.IsDBNull(14) ? null : Convert.ToBase64String(reader.GetFieldValue<byte[]>(14)),
            PositionUnit = reader.Text(19) ?? PositionUnit.Byte.ToName(),
            Issue = RejectIssue.IdOf(reader.GetInt64(20)),
            CanBeEdited = reader.GetString(10) == "open" && reader.GetBoolean(21) && !reader.GetBoolean(13),
            EditedRecord = reader.Text(22),
            CanBeReopened = reader.GetBoolean(23),
            Field = reader.Text(15) is { Length: > 1 } and not "tab"
                ? null // a delimiter of several characters
                : RejectField.Find(reject.RawRecord, reject.Detail, index, Sign(reader.Text(15), ','),
                    Sign(reader.Text(16), '"')),
        };
    }

    /// <summary>A character in the configuration: itself, or a word such as tab.</summary>
    static char Sign(string? configured, char standard) => configured switch
    {
        { Length: 1 } => configured[0],
        "tab" => '\t',
        _ => standard,
    };
}
