using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Cli.Demo;

/// <summary>A separate database for the demo, created anew each time, so that existing data are neither
/// in the way nor in danger.</summary>
static class DemoDatabase
{
    const string Name = "ingest_demo";

    /// <summary>Drops what an earlier demo left, and creates the tables.</summary>
    /// <returns>The connection string.</returns>
    public static async Task<string> CreateAsync(OpenDatabase server, CancellationToken cancellationToken)
    {
        await using (var connection = await server.DataSource.OpenConnectionAsync(cancellationToken))
        {
            foreach (var sql in new[] { $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", $"CREATE DATABASE {Name}" })
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        await using var dataSource = NpgsqlDataSource.Create(ConnectionString(server));
        await Migrations.ApplyAsync(dataSource, cancellationToken);
        return ConnectionString(server);
    }

    /// <summary>For Npgsql; holds a password.</summary>
    public static string ConnectionString(OpenDatabase server) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Name }.ConnectionString;

    /// <summary>For users who explore the data, also after the demo.</summary>
    public static string PsqlCommand(CliSurroundings surroundings) => $"{surroundings.Program} psql -d {Name}";
}
