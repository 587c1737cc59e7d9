using System.Text;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Writes rejected records, in the transaction of the rows around them.</summary>
static class RejectStatements
{
    /// <summary>Adds one INSERT per table for rejects.</summary>
    public static void Add(NpgsqlBatch transaction, IEnumerable<PendingBatch> batches)
    {
        PendingBatch[] broken = [.. batches.Where(b => b.Rows.RejectCount > 0)];
        if (broken.Length == 0) return;
        Add(transaction, broken.Select(b => (new RejectOrigin(b.Claim, b.Plan, b.Input),
            b.Rows.Rejects.Concat(b.Rows.ServerRejects).OrderBy(r => r.ByteOffset).AsEnumerable())));
    }

    /// <summary>Adds one INSERT per table for rejects.</summary>
    public static void Add(NpgsqlBatch transaction, IEnumerable<(RejectOrigin Origin, IEnumerable<RejectedRow> Rows)> files)
    {
        foreach (var table in files.GroupBy(f => f.Origin.Plan.CorruptTable))
        {
            var rows = table.SelectMany(f => f.Rows.Select(r => (Batch: f.Origin, Row: r))).ToArray();
            if (rows.Length == 0) continue;
            var isUtf8 = rows[0].Batch.Plan.IsUtf8;
            RejectHeaders.Add(transaction,
                [.. rows.Select(r => r.Batch).DistinctBy(b => b.Claim.FileId).Select(HeaderOf)], isUtf8);
            transaction.BatchCommands.Add(new NpgsqlBatchCommand(isUtf8 ? Insert(table.Key) : InsertReadable(table.Key))
            {
                Parameters =
                {
                    Texts(rows.Select(r => Readable(r.Row.Raw)), isUtf8),
                    Array(rows.Select(r => isUtf8 && IsReadable(r.Row.Raw) ? null : r.Row.Raw), NpgsqlDbType.Bytea),
                    Texts(rows.Select(r => Clean(r.Batch.Claim.File.Path)), isUtf8),
                    Array(rows.Select(r => r.Batch.Claim.FileId.Value), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.Line > 0 ? r.Row.Line : (long?)null), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.RecordNumber), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.ByteOffset), NpgsqlDbType.Bigint),
                    Array(rows.Select(r => r.Row.Reason), NpgsqlDbType.Text),
                    Array(rows.Select(r => r.Row.Column), NpgsqlDbType.Text),
                    Texts(rows.Select(r => Clean(r.Row.Detail)), isUtf8),
                    Array(rows.Select(r => r.Batch.Claim.Pipeline), NpgsqlDbType.Text),
                },
            });
        }
    }

    static string Insert(string table) =>
        $"""
        INSERT INTO {table} (raw_record, raw_bytes, file, file_id, line, record_number, byte_offset, reason, column_name, detail,
            pipeline)
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::text[],
            $9::text[], $10::text[], $11::text[])
        """;

    /// <summary>For a database whose encoding may lack characters of the record: it would refuse such a character in a text
    /// parameter.</summary>
    static string InsertReadable(string table) =>
        $"""
        INSERT INTO {table} (raw_record, raw_bytes, file, file_id, line, record_number, byte_offset, reason, column_name, detail,
            pipeline)
        SELECT raw, CASE WHEN convert_to(raw, 'UTF8') <> bytes THEN bytes END, file, file_id, line, number, at, reason, name,
            detail, pipeline
        FROM (
            SELECT ingest.readable(r.raw) AS raw, r.bytes, ingest.readable(r.file) AS file, r.file_id, r.line, r.number, r.at,
                r.reason, r.name,
                ingest.readable(r.detail) AS detail, r.pipeline
            FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
                    $9::text[], $10::bytea[], $11::text[])
                AS r (raw, bytes, file, file_id, line, number, at, reason, name, detail, pipeline)) r
        """;

    static RejectHeader HeaderOf(RejectOrigin batch) =>
        new(batch.Claim.FileId, batch.Plan.Header is { } names ? [.. names.Select(Clean)] : null, batch.Plan.FieldCount,
            (batch.Input.Layout as CsvLayout)?.Dialect.Delimiter ?? ",", batch.Input.Format.Name,
            batch.Input.Layout is CsvLayout csv ? CsvLayoutJson.Write(csv) : null);

    static NpgsqlParameter Texts(IEnumerable<string> values, bool isUtf8) =>
        isUtf8 ? Array(values, NpgsqlDbType.Text) : Array(values.Select(Encoding.UTF8.GetBytes), NpgsqlDbType.Bytea);

    static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    static bool IsReadable(byte[] raw) => Utf8.IsValid(raw) && !raw.AsSpan().Contains((byte)0);

    static string Readable(byte[] raw) => Clean(Encoding.UTF8.GetString(raw));

    /// <summary>PostgreSQL's text cannot contain NUL.</summary>
    static string Clean(string text) => text.Replace('\0', '\uFFFD');
}

/// <summary>The file from which rejects come.</summary>
/// <param name="Claim">Its claim.</param>
/// <param name="Plan">The plan with which it was read.</param>
/// <param name="Input">Its open input.</param>
readonly record struct RejectOrigin(FileClaim Claim, CopyPlan Plan, RecordInput Input);
