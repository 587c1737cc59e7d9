using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Helpers for statements without parameters and results.</summary>
static class ConnectionCommands
{
    /// <summary>Executes a statement, or several with semicolons between them.</summary>
    /// <returns>The number of rows that were inserted, updated or deleted; -1 if no statement does so.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
