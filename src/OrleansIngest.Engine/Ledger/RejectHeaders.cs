using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Keeps the headers of files that have rejects.</summary>
static class RejectHeaders
{
    /// <summary>Adds the statement that notes what is not noted yet. In the order of the files, so that two lanes wait for each other only one way.</summary>
    public static void Add(NpgsqlBatch transaction, IReadOnlyList<RejectHeader> headers)
    {
        RejectHeader[] ordered = [.. headers.OrderBy(h => h.FileId)];
        transaction.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.reject_header (file_id, header, fields, delimiter)
            SELECT file_id, header::jsonb, fields, delimiter FROM unnest($1::bigint[], $2::text[], $3::integer[], $4::text[]) AS h (file_id, header, fields, delimiter)
            ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = ordered.Select(h => h.FileId.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                new() { Value = ordered.Select(h => h.Names is null ? null : HeaderJson.Write(h.Names)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = ordered.Select(h => h.Fields).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = ordered.Select(h => h.Delimiter.ToString()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        });
    }
}
