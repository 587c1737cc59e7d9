using Npgsql;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Reads checkpoints, for many files at once.</summary>
public sealed class CheckpointLedger(NpgsqlDataSource dataSource)
{
    /// <summary>The checkpoints of these files; files that are not in the ledger are omitted.</summary>
    public async Task<IReadOnlyDictionary<FileId, FileCheckpoint>> ReadAsync(
        IReadOnlyCollection<FileId> files, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = KeptPlans.OfLookups(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT f.file_id, f.epoch, f.status, f.size, b.starts, b.ends, f.position_unit, ingest.end_of(f) FROM ingest.file f
            LEFT JOIN LATERAL (SELECT array_agg(start_offset ORDER BY start_offset) AS starts,
                array_agg(end_offset ORDER BY start_offset) AS ends
                FROM ingest.batch WHERE file_id = f.file_id) b ON true
            WHERE f.file_id = ANY ($1)
            """)
        {
            Parameters = { new() { Value = files.Select(f => f.Value).ToArray() } },
        });
        var checkpoints = new Dictionary<FileId, FileCheckpoint>(files.Count);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            checkpoints.Add(new FileId(reader.GetInt64(0)), new FileCheckpoint
            {
                Epoch = reader.GetInt32(1),
                Status = reader.GetString(2),
                Size = reader.GetInt64(3),
                Unit = PositionUnits.Parse(reader.GetString(6)),
                EndPosition = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                Committed = reader.IsDBNull(4) ? [] : Merge(reader.GetFieldValue<long[]>(4), reader.GetFieldValue<long[]>(5)),
            });
        }

        return checkpoints;
    }

    static List<PositionSpan> Merge(long[] starts, long[] ends)
    {
        var merged = new List<PositionSpan>();
        for (var i = 0; i < starts.Length; i++)
        {
            if (merged.Count > 0 && merged[^1].End == starts[i]) merged[^1] = merged[^1] with { End = ends[i] };
            else merged.Add(new PositionSpan(starts[i], ends[i]));
        }

        return merged;
    }
}
