using Npgsql;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Reads the properties of files that decide whether a verb applies.</summary>
static class FileConditions
{
    static readonly string Sql =
        $"""
        SELECT f.file_id, f.pipeline, f.status, f.reason, f.is_skipped, f.owner_node, f.version, f.same_as IS NOT NULL,
            n.file_id, n.version, n.status, n.size = f.size AND n.mtime_ns = f.mtime_ns,
            {FileRows.Count("f")},
            -- An archive's rows are those of its members.
            (SELECT coalesce(sum({FileRows.Count("o")}), 0) FROM ingest.file v JOIN ingest.file o ON o.file_id = v.file_id
                OR o.parent_id = v.file_id
                WHERE v.pipeline = f.pipeline AND v.path = f.path AND v.version <= f.version)::bigint
        FROM ingest.file f CROSS JOIN LATERAL (
            SELECT file_id, version, status, size, mtime_ns FROM ingest.file l WHERE l.pipeline = f.pipeline AND l.path = f.path
            ORDER BY version DESC LIMIT 1) n
        WHERE f.file_id = ANY ($1) ORDER BY f.file_id
        """;

    /// <summary>The conditions of files, in the order of their keys; files that do not exist are omitted. Read them after the
    /// files are locked, in a separate statement, so that it sees the changes that the lock waited for.</summary>
    public static async Task<List<(FileId File, string Pipeline, FileCondition Condition)>> ReadAsync(
        NpgsqlConnection connection, long[] files, CancellationToken cancellationToken)
    {
        var pipelines = await PipelinesAsync(connection, files, cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection)
        { Parameters = { new() { Value = files } }, CommandTimeout = 0 };
        var found = new List<(FileId, string, FileCondition)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(1);
            var (whyNotReplaced, isReplacedByNewer) = pipelines[name];
            found.Add((new FileId(reader.GetInt64(0)), name, new FileCondition
            {
                Status = FileStatusNames.Parse(reader.GetString(2)),
                Reason = reader.IsDBNull(3) ? null : reader.GetString(3),
                Skipped = reader.GetBoolean(4),
                Owner = reader.IsDBNull(5) ? null : reader.GetString(5),
                Version = reader.GetInt32(6),
                IsRepeat = reader.GetBoolean(7),
                NewestId = new FileId(reader.GetInt64(8)),
                NewestVersion = reader.GetInt32(9),
                NewestStatus = FileStatusNames.Parse(reader.GetString(10)),
                NewestIsTheSame = reader.GetBoolean(11),
                CommittedRows = reader.GetInt64(12),
                PathRows = reader.GetInt64(13),
                WhyNotReplaced = whyNotReplaced,
                IsReplacedByNewer = isReplacedByNewer,
            }));
        }

        return found;
    }

    static async Task<Dictionary<string, (string? WhyNotReplaced, bool IsReplacedByNewer)>> PipelinesAsync(
        NpgsqlConnection connection, long[] files, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT name, config::text FROM ingest.pipeline
            WHERE name IN (SELECT pipeline FROM ingest.file WHERE file_id = ANY ($1))
            """, connection)
        { Parameters = { new() { Value = files } } };
        var pipelines = new Dictionary<string, (string?, bool)>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var pipeline = NotedPipeline.Of(reader.GetString(1));
            pipelines.Add(reader.GetString(0), (
                pipeline is null ? "the ledger has no configuration of its pipeline that this release can read"
                    : Replacement.WhyNot(pipeline),
                pipeline?.OnChange == ChangePolicy.Replace));
        }

        return pipelines;
    }
}
