using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects grouped into issues: a line per fault instead of one per record.</summary>
public sealed class RejectIssueViews(NpgsqlDataSource dataSource)
{
    /// <summary>The table for which a reject <c>c</c> was meant.</summary>
    internal const string TableOf =
        """
        coalesce((SELECT f.target FROM ingest.file f WHERE f.file_id = c.file_id),
            (SELECT p.config->>'table' FROM ingest.pipeline p WHERE p.name = c.pipeline))
        """;

    /// <summary>The issues of the matching rejects, those with the most rejects first.</summary>
    /// <param name="filter">Selects the rejects.</param>
    /// <param name="limit">Maximum number of issues, 1 to 1000.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RejectIssues> ListAsync(RejectFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.WithoutJitAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection };
        // By file first, in the order of the index on open rejects; messages are read once per issue, not once per reject.
        command.CommandText =
            $"""
            SELECT i.pipeline, coalesce(i.target, p.config->>'table'), i.issue, e.reason, e.column_name,
                ingest.reject_shape(e.detail), e.detail,
                i.rejects, i.files, i.first, i.last, i.issues, i.all_rejects
            FROM (SELECT o.pipeline, f.target, o.issue, sum(o.rejects)::bigint AS rejects, count(*) AS files,
                min(o.first) AS first, max(o.last) AS last,
                    max(o.id) AS id, count(*) OVER () AS issues, (sum(sum(o.rejects)) OVER ())::bigint AS all_rejects
                FROM (SELECT c.pipeline, c.issue, c.file_id, count(*) AS rejects, min(c.ingestion_time) AS first,
                        max(c.ingestion_time) AS last, max(c.id) AS id
                    FROM public.corrupt_records c WHERE {RejectViews.Where(filter, command.Parameters)} GROUP BY 1, 2, 3) o
                LEFT JOIN ingest.file f ON f.file_id = o.file_id AND f.target IS NOT NULL
                GROUP BY o.pipeline, f.target, o.issue
                ORDER BY rejects DESC, last DESC, o.pipeline, o.issue
                    LIMIT {command.Parameters.Put(limit, NpgsqlDbType.Integer)}) i
            JOIN public.corrupt_records e ON e.id = i.id LEFT JOIN ingest.pipeline p ON p.name = i.pipeline
            ORDER BY i.rejects DESC, i.last DESC, i.pipeline, i.issue
            """;
        var (issues, rejects) = (0L, 0L);
        var items = await command.ReadAllAsync(r =>
        {
            (issues, rejects) = (r.GetInt64(11), r.GetInt64(12));
            return Read(r);
        }, cancellationToken);
        return new RejectIssues(items, issues, rejects);
    }

    static RejectIssue Read(NpgsqlDataReader reader) => new()
    {
        Pipeline = reader.GetString(0),
        Table = reader.Text(1),
        Id = RejectIssue.IdOf(reader.GetInt64(2)),
        Reason = reader.GetString(3),
        Column = reader.Text(4),
        Shape = reader.GetString(5),
        Detail = reader.GetString(6),
        Rejects = reader.GetInt64(7),
        Files = reader.GetInt64(8),
        FirstAt = reader.Instant(9)!.Value,
        LastAt = reader.Instant(10)!.Value,
    };
}
