using System.Text;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>Writes rejected records, in the transaction of the rows around them.</summary>
static class RejectStatements
{
    /// <summary>Adds one INSERT per table for rejects.</summary>
    public static void Add(NpgsqlBatch transaction, IEnumerable<RowBatch> batches)
    {
        foreach (var table in batches.GroupBy(b => b.Plan.CorruptTable))
        {
            var rows = table.SelectMany(b => b.Rejects.Concat(b.ServerRejects).OrderBy(r => r.ByteOffset).Select(r => (Batch: b, Row: r))).ToArray();
            if (rows.Length == 0) continue;
            RejectHeaders.Add(transaction, [.. rows.Select(r => r.Batch).DistinctBy(b => b.Claim.FileId).Select(HeaderOf)]);
            transaction.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                INSERT INTO {table.Key} (raw_record, raw_bytes, file, file_id, line, record_number, byte_offset, reason, column_name, detail, pipeline)
                SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
                    $9::text[], $10::text[], $11::text[])
                """)
            {
                Parameters =
                {
                    Array(rows.Select(r => Readable(r.Row.Raw)), NpgsqlDbType.Text),
                    Array(rows.Select(r => IsReadable(r.Row.Raw) ? null : r.Row.Raw), NpgsqlDbType.Bytea),
                    Array(rows.Select(r => Clean(r.Batch.Claim.File.Path)), NpgsqlDbType.Text),
                    Array(rows.Select(r => r.Batch.Claim.FileId.Value), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.Line), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.RecordNumber), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.ByteOffset), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.Reason), NpgsqlDbType.Text),
                    Array(rows.Select(r => r.Row.Column), NpgsqlDbType.Text),
                    Array(rows.Select(r => Clean(r.Row.Detail)), NpgsqlDbType.Text),
                    Array(rows.Select(r => r.Batch.Claim.Pipeline), NpgsqlDbType.Text),
                },
            });
        }
    }

    static RejectHeader HeaderOf(RowBatch batch) =>
        new(batch.Claim.FileId, batch.Plan.Header is { } names ? [.. names.Select(Clean)] : null, batch.Plan.FieldCount, batch.Dialect.Delimiter ?? ',');

    static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    static bool IsReadable(byte[] raw) => Utf8.IsValid(raw) && !raw.AsSpan().Contains((byte)0);

    static string Readable(byte[] raw) => Clean(Encoding.UTF8.GetString(raw));

    /// <summary>PostgreSQL's text holds no NUL.</summary>
    static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
