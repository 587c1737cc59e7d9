using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Examination;

/// <summary>Finds the files that what helps one file probably helps too.</summary>
static class FilesAlike
{
    /// <summary>Maximum number of files.</summary>
    public const int Most = 1_000;

    /// <summary>The keys of the other quarantined files of the pipeline with the same reason, except for its numbers; oldest
    /// first.</summary>
    public static async Task<IReadOnlyList<long>> ReadAsync(
        NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT o.file_id FROM ingest.file f
            JOIN ingest.file o ON o.pipeline = f.pipeline AND o.status = {FileStatusSql.Quarantined} AND o.file_id <> f.file_id
                AND regexp_replace(o.reason, '[0-9]+', '', 'g') = regexp_replace(f.reason, '[0-9]+', '', 'g')
            WHERE f.file_id = $1 AND f.status = {FileStatusSql.Quarantined}
            ORDER BY o.file_id LIMIT {Most}
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        return await command.ReadAllAsync(r => r.GetInt64(0), cancellationToken);
    }
}
