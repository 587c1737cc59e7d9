using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of files: searched, sorted and paged.</summary>
public sealed class FileViews(NpgsqlDataSource dataSource)
{
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
        await using var command = dataSource.CreateCommand(
            $"SELECT {FileRowSql.Columns} FROM ingest.file f {FileRowSql.Joined} WHERE f.file_id = $1");
        command.Parameters.Add(new() { Value = file.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? FileRowSql.Read(reader) : null;
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
            SELECT {FileRowSql.Columns} FROM (
                (SELECT * FROM ingest.file WHERE status = {FileStatusSql.Loading} ORDER BY owner_node, file_id LIMIT $2)
                UNION ALL
                (SELECT * FROM ingest.file WHERE finished_at > statement_timestamp() - $1 AND file_id IN (
                    SELECT file_id FROM ingest.batch WHERE committed_at > statement_timestamp() - $1 - interval '2 s'
                        ORDER BY committed_at DESC LIMIT 20 * $2)
                    ORDER BY finished_at DESC, file_id DESC LIMIT $2)
                UNION ALL
                (SELECT * FROM ingest.file WHERE status = {FileStatusSql.Quarantined} AND finished_at > statement_timestamp() - $1
                    LIMIT $2)) f
            {FileRowSql.Joined} ORDER BY f.finished_at DESC NULLS FIRST, f.file_id DESC LIMIT $2
            """);
        command.Parameters.Add(new() { Value = within });
        command.Parameters.Add(new() { Value = limit });
        return (await command.ReadAllAsync(FileRowSql.Read, cancellationToken)).DistinctBy(f => f.Id).ToArray();
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
            SELECT {FileRowSql.Columns}, {order.ValueAsText} AS sort_value FROM (
                {FileKeysSql.Query(filter, order, part, where, $"${command.Parameters.Count}")}) page
            JOIN ingest.file f USING (file_id)
            {FileRowSql.Joined} ORDER BY {part.OrderBy}
            """;
        var rows = new List<(FileRow, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add((FileRowSql.Read(reader), reader.Text(reader.GetOrdinal("sort_value"))));
        return rows;
    }
}
