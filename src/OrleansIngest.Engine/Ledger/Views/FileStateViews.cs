using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Counts files by state, at a cost that does not grow with their number.</summary>
public sealed class FileStateViews(NpgsqlDataSource dataSource)
{
    // Maintained by triggers, so that nothing must be counted here.
    const string Kept =
        "SELECT status, sum(files)::bigint FROM ingest.file_total WHERE $1::text IS NULL OR pipeline = $1 GROUP BY status";

    // In the order of the index on file_id, so that reading ends at the limit. The same rule as FileStates.Of.
    static readonly string WithRejects = FormattableString.Invariant(
        $"""
        WITH o AS MATERIALIZED (SELECT file_id, sum(rejects) AS rejects FROM ingest.reject_count GROUP BY file_id
            HAVING sum(rejects) > 0
            ORDER BY file_id LIMIT {ViewLimits.CountedUpTo + 1})
        SELECT (SELECT count(*) FROM o), count(*), count(*) FILTER (WHERE f.rows_loaded = 0 AND o.rejects >= f.rows_rejected)
        -- OFFSET: each of these few is looked up by its key, whatever is asked of it besides.
        FROM o CROSS JOIN LATERAL (SELECT status, pipeline, rows_loaded, rows_rejected FROM ingest.file
            WHERE file_id = o.file_id OFFSET 0) f
        WHERE f.status = {FileStatusSql.Loaded} AND f.rows_rejected > 0 AND ($1::text IS NULL OR f.pipeline = $1)
        """);

    /// <summary>Counts files.</summary>
    /// <param name="filter">Selects the files; its states and its order are not used.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<FileStateCounts> CountAsync(FileFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return filter.Text is null && filter.Node is null
            ? await KeptAsync(connection, filter.Pipeline, cancellationToken)
            : await CountedAsync(connection, filter with { Statuses = [] }, cancellationToken);
    }

    /// <summary>The number of matching files.</summary>
    /// <returns>The number; or, if it would have to be counted and is larger, null and
    /// <see cref="ViewLimits.CountedUpTo"/>.</returns>
    internal static async Task<(long? Total, long? AtLeast)> TotalAsync(
        NpgsqlConnection connection, FileFilter filter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var isKept = filter.Text is null && filter.Node is null && filter.Statuses.All(FileStates.Statuses.Contains);
        if (isKept)
        {
            command.CommandText =
                """
                SELECT coalesce(sum(files), 0)::bigint FROM ingest.file_total
                WHERE ($1::text IS NULL OR pipeline = $1) AND (cardinality($2::text[]) = 0 OR status = ANY ($2))
                """;
            command.Parameters.Put(filter.Pipeline, NpgsqlDbType.Text);
            command.Parameters.Put(filter.Statuses.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        }
        else
        {
            var where = FileFilterSql.Join(FileFilterSql.Where(filter, command.Parameters));
            command.CommandText = FormattableString.Invariant(
                $"SELECT count(*) FROM (SELECT FROM ingest.file f WHERE {where} LIMIT {ViewLimits.CountedUpTo + 1}) c");
        }

        var count = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return isKept || count <= ViewLimits.CountedUpTo ? (count, null) : (null, ViewLimits.CountedUpTo);
    }

    static async Task<FileStateCounts> KeptAsync(
        NpgsqlConnection connection, string? pipeline, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[] { ViewQueries.WithoutJit, Kept, WithRejects }) batch.BatchCommands.Add(
            new NpgsqlBatchCommand(sql));
        batch.BatchCommands[1].Parameters.Put(pipeline, NpgsqlDbType.Text);
        batch.BatchCommands[2].Parameters.Put(pipeline, NpgsqlDbType.Text);
        var states = new Dictionary<string, long>(StringComparer.Ordinal);
        var areMany = false;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r => states[r.GetString(0)] = r.GetInt64(1), cancellationToken);
        var total = states.Values.Sum();
        await reader.EachAsync(r =>
        {
            areMany = r.GetInt64(0) > ViewLimits.CountedUpTo;
            if (!areMany) Add(states, r.GetInt64(1), r.GetInt64(2));
        }, cancellationToken);

        return new FileStateCounts(total, states, null, areMany ? ViewLimits.CountedUpTo : null);
    }

    static async Task<FileStateCounts> CountedAsync(
        NpgsqlConnection connection, FileFilter filter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var where = FileFilterSql.Join(FileFilterSql.Where(filter, command.Parameters));
        command.CommandText = FormattableString.Invariant(
            $"""
            SELECT f.status, count(*), count(*) FILTER (WHERE o.rejects > 0), count(*) FILTER (
                WHERE o.rejects > 0 AND f.rows_loaded = 0 AND o.rejects >= f.rows_rejected)
            FROM (SELECT f.file_id, f.status, f.rows_loaded, f.rows_rejected FROM ingest.file f WHERE {where}
                LIMIT {ViewLimits.CountedUpTo + 1}) f
            LEFT JOIN LATERAL (SELECT sum(r.rejects) AS rejects FROM ingest.reject_count r
                WHERE r.file_id = f.file_id AND f.status = {FileStatusSql.Loaded} AND f.rows_rejected > 0) o ON true
            GROUP BY f.status
            """);
        var states = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            states[reader.GetString(0)] = reader.GetInt64(1);
            if (reader.GetString(0) == "loaded") Add(states, reader.GetInt64(2), reader.GetInt64(3));
        }

        var total = states.Where(s => FileStates.Statuses.Contains(s.Key)).Sum(s => s.Value);
        return total > ViewLimits.CountedUpTo
            ? new FileStateCounts(ViewLimits.CountedUpTo, new Dictionary<string, long>(), ViewLimits.CountedUpTo, null)
            : new FileStateCounts(total, states, null, null);
    }

    static void Add(Dictionary<string, long> states, long withRejects, long allRejected)
    {
        states[FileStates.AllRejected] = allRejected;
        states[FileStates.LoadedWithRejects] = withRejects - allRejected;
    }
}
