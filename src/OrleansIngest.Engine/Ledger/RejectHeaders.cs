using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Keeps the headers of files that have rejects.</summary>
static class RejectHeaders
{
    /// <summary>Adds the statement that notes what is not noted yet. In the order of the files, so that two lanes wait for each other only one way.</summary>
    /// <param name="transaction">Under way.</param>
    /// <param name="headers">Of files that have rejects.</param>
    /// <param name="isUtf8">Whether the database keeps text as UTF-8; any other encoding may lack characters of the names.</param>
    public static void Add(NpgsqlBatch transaction, IReadOnlyList<RejectHeader> headers, bool isUtf8)
    {
        RejectHeader[] ordered = [.. headers.OrderBy(h => h.FileId)];
        var (type, text) = isUtf8 ? ("text", "header") : ("bytea", "ingest.readable(header)");
        transaction.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            INSERT INTO ingest.reject_header (file_id, header, fields, delimiter)
            SELECT file_id, {text}::jsonb, fields, delimiter FROM unnest($1::bigint[], $2::{type}[], $3::integer[], $4::text[]) AS h (file_id, header, fields, delimiter)
            ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = ordered.Select(h => h.FileId.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                Headers(ordered.Select(h => h.Names is null ? null : HeaderJson.Write(h.Names)), isUtf8),
                new() { Value = ordered.Select(h => h.Fields).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = ordered.Select(h => h.Delimiter).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        });
    }

    static NpgsqlParameter Headers(IEnumerable<string?> headers, bool isUtf8) => isUtf8
        ? new() { Value = headers.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
        : new() { Value = headers.Select(h => h is null ? null : Encoding.UTF8.GetBytes(h)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
}
