using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Helpers for statements without parameters and results.</summary>
static class ConnectionCommands
{
    /// <summary>Executes a statement, or several with semicolons between them.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
