using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Ledger;

/// <summary>What is committed of some files.</summary>
/// <param name="Files">Files of which anything is committed. An archive is its members.</param>
/// <param name="Complete">Of these, the loaded ones.</param>
/// <param name="Rows">Rows in the table.</param>
/// <param name="Staged">Rows that become visible when their file is loaded.</param>
public sealed record CommittedPart(long Files, long Complete, long Rows, long Staged)
{
    static readonly string Sql =
        $"""
        SELECT count(*), count(*) FILTER (WHERE f.status = {FileStatusSql.Loaded}),
            coalesce(sum({FileRows.Count("f")}), 0)::bigint,
            coalesce(sum((SELECT sum(b.rows_loaded) FROM ingest.batch b WHERE b.file_id = f.file_id))
                FILTER (WHERE {StageLedger.IsStaged("f.file_id")}), 0)::bigint
        FROM ingest.file f
        WHERE f.file_id = ANY ($1)
            AND (f.status = {FileStatusSql.Loaded} OR EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id))
            AND NOT EXISTS (SELECT FROM ingest.file m WHERE m.parent_id = f.file_id)
        """;

    /// <summary>Reads it from the ledger.</summary>
    public static async Task<CommittedPart> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<FileId> files, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new CommittedPart(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}
