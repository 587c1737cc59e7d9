using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Stores the headers of files that have rejects.</summary>
static class RejectHeaders
{
    /// <summary>Adds the statement that stores missing headers, in the order of the files, so that two lanes cannot
    /// deadlock.</summary>
    /// <param name="transaction">In progress.</param>
    /// <param name="headers">Headers of files that have rejects.</param>
    /// <param name="isUtf8">Whether the database stores text as UTF-8; any other encoding may lack characters of the
    /// names.</param>
    public static void Add(NpgsqlBatch transaction, IReadOnlyList<RejectHeader> headers, bool isUtf8)
    {
        RejectHeader[] ordered = [.. headers.OrderBy(h => h.FileId)];
        var (type, header, layout) = isUtf8 ? ("text", "header", "layout")
            : ("bytea", "ingest.readable(header)", "ingest.readable(layout)");
        transaction.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            INSERT INTO ingest.reject_header (file_id, header, fields, delimiter, format, layout)
            SELECT file_id, {header}::jsonb, fields, delimiter, format, {layout}::jsonb
            FROM unnest($1::bigint[], $2::{type}[], $3::integer[], $4::text[], $5::text[], $6::{type}[])
                AS h (file_id, header, fields, delimiter, format, layout)
            ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = ordered.Select(h => h.FileId.Value).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                Json(ordered.Select(h => h.Names is null ? null : HeaderJson.Write(h.Names)), isUtf8),
                new() { Value = ordered.Select(h => h.Fields).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = ordered.Select(h => h.Delimiter).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = ordered.Select(h => h.Format).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                Json(ordered.Select(h => h.Layout), isUtf8),
            },
        });
    }

    static NpgsqlParameter Json(IEnumerable<string?> values, bool isUtf8) => isUtf8
        ? new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
        : new()
        {
            Value = values.Select(v => v is null ? null : Encoding.UTF8.GetBytes(v)).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea
        };
}
