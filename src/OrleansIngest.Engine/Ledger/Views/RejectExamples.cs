using Npgsql;
using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects with the same reason and column, and the first of them as an example.</summary>
/// <param name="Reason">A code of <see cref="Formats.RejectReason"/>.</param>
/// <param name="Column">The column at fault; null for none.</param>
/// <param name="Count">How many.</param>
/// <param name="File">The file of the first one.</param>
/// <param name="Line">The line of the first one, from 1; null if the input has no lines.</param>
/// <param name="Record">The number of the first one, from 1, without the header.</param>
/// <param name="Detail">The message of the first one.</param>
public sealed record RejectExample(string Reason, string? Column, long Count, string File, long? Line, long Record,
    string Detail);

/// <summary>A brief summary of the rejects of some files.</summary>
public sealed class RejectExamples(NpgsqlDataSource dataSource)
{
    /// <summary>Number of open rejects of each of some files that has any.</summary>
    /// <param name="files">The files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyDictionary<FileId, long>> OpenAsync(
        IEnumerable<FileId> files, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT file_id, sum(rejects)::bigint FROM ingest.reject_count WHERE file_id = ANY ($1)
            GROUP BY file_id HAVING sum(rejects) > 0
            """);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        return (await command.ReadAllAsync(r => (new FileId(r.GetInt64(0)), r.GetInt64(1)), cancellationToken)).ToDictionary();
    }

    /// <summary>The most frequent kinds of open rejects of some files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="limit">Maximum number of kinds, from 1.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<RejectExample>> ReadAsync(
        IEnumerable<FileId> files, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH kind AS (
                SELECT reason, column_name, count(*) AS many, min(id) AS first FROM public.corrupt_records
                WHERE file_id = ANY ($1) AND status = 'open' GROUP BY reason, column_name ORDER BY many DESC, first LIMIT $2
            )
            SELECT k.reason, k.column_name, k.many, c.file, c.line, c.record_number, c.detail FROM kind k
                JOIN public.corrupt_records c ON c.id = k.first
            ORDER BY k.many DESC, k.first
            """);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        command.Parameters.Add(new() { Value = limit });
        return await command.ReadAllAsync(
            r => new RejectExample(
                r.GetString(0), r.Text(1), r.GetInt64(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetInt64(4), r.GetInt64(5),
                r.GetString(6)),
            cancellationToken);
    }
}
