using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Nodes with files of a pipeline in progress.</summary>
static class ActiveNodes
{
    /// <summary>The number of nodes.</summary>
    public static async Task<int> CountAsync(NpgsqlDataSource dataSource, string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT count(DISTINCT owner_node)::integer FROM ingest.file WHERE pipeline = $1 AND status = "
                + $"{FileStatusSql.Loading}");
        command.Parameters.Add(new() { Value = pipeline });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
