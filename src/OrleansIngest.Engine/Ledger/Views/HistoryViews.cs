using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of the history.</summary>
public sealed class HistoryViews(NpgsqlDataSource dataSource)
{
    /// <summary>A page of the matching events, newest first.</summary>
    /// <param name="filter">Selects the events.</param>
    /// <param name="limit">Maximum number, 1 to 1000.</param>
    /// <param name="after">Where to continue; null for the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ViewList<HistoryRow>> ListAsync(
        HistoryFilter filter, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var page = new NpgsqlCommand { Connection = connection };
        var where = Where(filter, page.Parameters);
        if (after is { } last) where += $" AND h.history_id < {page.Parameters.Put(last.Id, NpgsqlDbType.Bigint)}";
        page.CommandText =
            $"""
            SELECT h.history_id, h.at, h.kind, h.pipeline, h.file_id, f.path, h.node, h.who, h.detail
            FROM ingest.history h LEFT JOIN ingest.file f USING (file_id) WHERE {where}
            ORDER BY h.history_id DESC LIMIT {page.Parameters.Put(limit + 1, NpgsqlDbType.Integer)}
            """;
        var rows = await page.ReadAllAsync(Read, cancellationToken);
        await using var count = new NpgsqlCommand { Connection = connection };
        count.CommandText =
            $"""
            SELECT count(*) FROM (SELECT FROM ingest.history h LEFT JOIN ingest.file f USING (file_id)
                WHERE {Where(filter, count.Parameters)}
                LIMIT {ViewLimits.CountedUpTo + 1}) c
            """;
        var total = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        var isCounted = total <= ViewLimits.CountedUpTo;
        var next = rows.Count > limit ? new PageCursor(null, rows[limit - 1].Id).ToString() : null;
        return new ViewList<HistoryRow>([.. rows.Take(limit)], isCounted ? total : null,
            isCounted ? null : ViewLimits.CountedUpTo, next);
    }

    static string Where(HistoryFilter filter, NpgsqlParameterCollection parameters)
    {
        var where = new List<string> { "true" };
        if (filter.From is { } from) where.Add($"h.at >= {parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (filter.To is { } to) where.Add($"h.at < {parameters.Put(to.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (filter.Pipeline is { } pipeline) where.Add($"h.pipeline = {parameters.Put(pipeline, NpgsqlDbType.Text)}");
        if (filter.FileId is { } file)
        {
            // An entry about many files lists them in a separate table. ARRAY, so that both sides are looked up by index.
            var id = parameters.Put(file, NpgsqlDbType.Bigint);
            where.Add(
                $"(h.file_id = {id} OR h.history_id = ANY (ARRAY(SELECT o.history_id FROM ingest.operation_file o WHERE "
                    + $"o.file_id = {id})))");
        }

        if (filter.Node is { } node) where.Add($"h.node = {parameters.Put(node, NpgsqlDbType.Text)}");
        if (filter.Kinds.Count > 0)
        {
            var kinds = parameters.Put(filter.Kinds.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
            where.Add(
                $"EXISTS (SELECT FROM unnest({kinds}) AS k (kind) WHERE h.kind = k.kind OR starts_with(h.kind, k.kind || '.'))");
        }

        if (filter.Text is { } text)
        {
            var pattern = parameters.Put("%" + LikePattern.Escape(text) + "%", NpgsqlDbType.Text);
            where.Add($"(h.detail ILIKE {pattern} OR f.path ILIKE {pattern} OR h.node ILIKE {pattern} OR h.who ILIKE {pattern})");
        }

        return string.Join(" AND ", where);
    }

    static HistoryRow Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        At = reader.Instant(1)!.Value,
        Kind = reader.GetString(2),
        Pipeline = reader.Text(3),
        FileId = reader.Long(4),
        Path = reader.Text(5),
        Node = reader.Text(6),
        Who = reader.Text(7),
        Detail = reader.Text(8),
    };
}
