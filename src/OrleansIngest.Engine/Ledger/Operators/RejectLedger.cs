using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The statements of a replay on <c>corrupt_records</c>, inside the transaction that puts
/// the rows into their table.</summary>
static class RejectLedger
{
    /// <summary>The pipelines and tables of matching open rejects; null for the pipeline's own table, after the others.</summary>
    public static async Task<IReadOnlyList<(string Pipeline, string? Target)>> TargetsAsync(
        NpgsqlConnection connection, RejectFilter filter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText =
            $"""
            SELECT DISTINCT c.pipeline, (SELECT f.target FROM ingest.file f WHERE f.file_id = c.file_id)
            FROM public.corrupt_records c WHERE c.status = 'open' AND {RejectViews.Where(filter, command.Parameters)}
                ORDER BY 1, 2 NULLS LAST
            """;
        var names = new List<(string, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) names.Add((reader.GetString(0), reader.Text(1)));
        return names;
    }

    /// <summary>Locks the next open rejects of one table that match. One that another replay has locked is skipped, so that no
    /// row is inserted twice. Without <paramref name="toKeep"/> they are only read.</summary>
    public static async Task<IReadOnlyList<OpenReject>> TakeAsync(
        NpgsqlConnection connection, RejectFilter filter, string? target, long after, int limit, bool toKeep,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var where = RejectViews.Where(filter, command.Parameters);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = RejectReason.TooLong });
        command.Parameters.Add(new() { Value = (object?)target ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var next = command.Parameters.Count - 1;
        command.CommandText =
            $"""
            SELECT c.id, coalesce(c.raw_bytes, convert_to(c.raw_record, 'UTF8')), c.reason <> ${next}, h.header::text, h.fields,
                h.delimiter,
                c.file, c.file_id, coalesce((SELECT f.version FROM ingest.file f WHERE f.file_id = c.file_id), 1), c.line,
                    c.record_number, c.byte_offset,
                h.format, h.layout::text
            FROM public.corrupt_records c LEFT JOIN ingest.reject_header h USING (file_id)
            WHERE c.status = 'open' AND c.id > ${next - 2} AND NOT {StageLedger.IsStaged("c.file_id")}
                AND (SELECT f.target FROM ingest.file f WHERE f.file_id = c.file_id) IS NOT DISTINCT FROM ${next + 1} AND {where}
            ORDER BY c.id LIMIT ${next - 1} {(toKeep ? "FOR UPDATE OF c SKIP LOCKED" : "")}
            """;
        var taken = new List<OpenReject>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(new OpenReject(
                reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetBoolean(2), reader.Text(3),
                reader.IsDBNull(4) ? null : reader.GetInt32(4),
                reader.IsDBNull(5) ? "," : reader.GetString(5),
                new RejectPlace(
                    reader.GetString(6), reader.GetInt64(7), reader.GetInt32(8), reader.IsDBNull(9) ? 0 : reader.GetInt64(9),
                    reader.GetInt64(10),
                    reader.GetInt64(11)),
                reader.Text(12) ?? RejectHeader.Csv, reader.Text(13)));
        }

        return taken;
    }

    /// <summary>Records the outcome of each, and the action in the history.</summary>
    public static async Task CloseAsync(
        NpgsqlConnection connection, string pipeline, IReadOnlyList<long> replayed, IReadOnlyList<RejectVerdict> refused,
        string? edited, OperatorAct act,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "UPDATE public.corrupt_records SET status = 'replayed', replayed_at = clock_timestamp(), edited_record = $2 WHERE id "
                + "= ANY ($1)")
        { Parameters = { new() { Value = replayed.ToArray() }, Text(edited) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE public.corrupt_records c SET reason = v.reason, column_name = v.column_name, detail = v.detail
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS v (id, reason, column_name, detail)
            WHERE c.id = v.id AND (c.reason, c.column_name, c.detail) IS DISTINCT FROM (v.reason, v.column_name, v.detail)
            """)
        {
            Parameters =
            {
                new() { Value = refused.Select(r => r.Id).ToArray() },
                Texts(refused.Select(r => r.Reason)), Texts(refused.Select(r => r.Column)),
                Texts(refused.Select(r => r.Detail.Replace('\0', '\uFFFD'))),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.history (kind, pipeline, who, detail)
            VALUES ('operator.replay-rejects', $1, $2, format('%s replayed, %s still rejected', CASE $3 WHEN 1 THEN '1 reject'
                ELSE $3 || ' rejects' END, $4)
                || CASE WHEN $6 THEN ', with an edited record' ELSE '' END || coalesce(' (' || $5 || ')', ''))
            """)
        {
            Parameters =
            {
                new() { Value = pipeline }, new() { Value = act.Who }, new() { Value = replayed.Count },
                new() { Value = refused.Count },
                Text(act.Reason), new() { Value = edited is not null },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlParameter Text(string? value) => new()
    { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    static NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
