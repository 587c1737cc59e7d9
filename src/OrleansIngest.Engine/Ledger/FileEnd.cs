using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The end of the input of a claimed file, all of which was read.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Epoch">The claim's fencing token.</param>
/// <param name="Owner">The node that has the claim.</param>
/// <param name="Offset">Where the input ends, in <paramref name="Unit"/>: in stored bytes, every file ends at its size.</param>
/// <param name="Unit">The unit of its positions.</param>
/// <param name="Sha256">Of the stored bytes; null if unknown.</param>
/// <param name="Reason">A remark about the loaded file, human-readable; null for none.</param>
sealed record FileEnd(FileId FileId, int Epoch, NodeId Owner, long Offset, PositionUnit Unit, byte[]? Sha256, string? Reason)
{
    /// <summary>Marks files <c>loaded</c> whose batches cover them from 0 to their end without gap or overlap, and takes the
    /// totals from them (G1).</summary>
    /// <remarks>One file after the other, because a plan that is kept from when there were few batches would rather read all of
    /// them; and each by its primary key: see <see cref="BatchLedger.AddCheckpoint"/>.</remarks>
    static readonly string Finish =
        $"""
        WITH told AS (
            SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::text[])
                AS t (file_id, epoch, owner, ending, unit, sha256, remark)
        ), done AS (
            UPDATE ingest.file f SET {FileTransitions.Finish.Set}, reason = t.remark, sha256 = t.sha256,
                same_as = {ContentLedger.SameAs("t.sha256")}, bytes_read = f.size, records_read = s.records,
                rows_loaded = s.loaded, rows_rejected = s.rejected, rows_skipped = s.skipped, rows_suppressed = s.suppressed,
                rows_inserted = s.inserted, rows_updated = s.updated, rows_unchanged = s.unchanged, position_unit = t.unit,
                end_position = t.ending
            FROM told t CROSS JOIN LATERAL (
                SELECT count(*) AS batches, coalesce(max(end_offset), 0) AS last_end,
                    coalesce(sum(records), 0)::bigint AS records, coalesce(sum(rows_loaded), 0)::bigint AS loaded,
                    coalesce(sum(rows_rejected), 0)::bigint AS rejected, coalesce(sum(rows_skipped), 0)::bigint AS skipped,
                    coalesce(sum(rows_suppressed), 0)::bigint AS suppressed, sum(rows_inserted)::bigint AS inserted,
                    sum(rows_updated)::bigint AS updated, sum(rows_unchanged)::bigint AS unchanged,
                    coalesce(bool_and(start_offset = previous), true) AS seamless
                FROM (
                    SELECT *, lag(end_offset, 1, 0::bigint) OVER (ORDER BY start_offset) AS previous
                    FROM ingest.batch WHERE file_id = t.file_id
                ) ranges
            ) s
            WHERE f.file_id = t.file_id AND f.epoch = t.epoch AND f.owner_node = t.owner
                AND f.status || '' = {FileStatusSql.Loading} AND NOT {StageLedger.IsStaged("t.file_id")}
                AND s.seamless AND s.last_end = t.ending AND s.records = s.loaded + s.rejected + s.skipped
                AND (s.batches = 0 OR f.position_unit = t.unit) AND (t.unit <> 'byte' OR f.size = t.ending)
            RETURNING {FinishedFile.Returned}, CASE WHEN f.position_unit = 'byte' THEN 0 ELSE f.size END AS bytes
        ), {ThroughputLedger.Latencies("$8", "$9")}, {ThroughputLedger.Finished("$8", "$9")}
        {FinishedFile.Select}
        """;

    /// <summary>A command that marks files <c>loaded</c> and returns each as a <see cref="FinishedFile"/>: those whose claims are
    /// in force and whose batches cover them, also if they were written before it in the same transaction.</summary>
    /// <param name="ends">Of different files.</param>
    /// <param name="node">Counts them.</param>
    /// <param name="lane">Its lane; <see cref="ThroughputLedger.NoLane"/> outside the lanes.</param>
    public static NpgsqlBatchCommand FinishCommand(IReadOnlyList<FileEnd> ends, NodeId node, int lane) => new(Finish)
    {
        Parameters =
        {
            Array(NpgsqlDbType.Bigint, ends.Select(e => e.FileId.Value)), Array(NpgsqlDbType.Integer, ends.Select(e => e.Epoch)),
            Array(NpgsqlDbType.Text, ends.Select(e => e.Owner.Value)), Array(NpgsqlDbType.Bigint, ends.Select(e => e.Offset)),
            Array(NpgsqlDbType.Text, ends.Select(e => e.Unit.ToName())), Array(NpgsqlDbType.Bytea, ends.Select(e => e.Sha256)),
            Array(NpgsqlDbType.Text, ends.Select(e => e.Reason)), new() { Value = node.Value }, new() { Value = lane },
        },
    };

    static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
