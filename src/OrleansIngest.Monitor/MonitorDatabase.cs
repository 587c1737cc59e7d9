using Npgsql;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor;

/// <summary>The monitor's connections to the ledger: few, so that looking never takes one from loading.</summary>
public sealed class MonitorDatabase
{
    const int Connections = 3;
    const int RowConnections = 4;
    const int ConnectSeconds = 5;
    const int StatementSeconds = 15;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="connectionString">Npgsql's.</param>
    /// <param name="node">The node whose process this is.</param>
    /// <param name="name">Its name in the configuration; <c>main</c> for the main one.</param>
    public MonitorDatabase(string connectionString, string node, string name)
    {
        Name = name;
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"ingest/{node}/monitor",
            MaxPoolSize = Connections,
            MinPoolSize = 0,
            ConnectionIdleLifetime = 60,
            Timeout = ConnectSeconds,
            CommandTimeout = StatementSeconds,
        };
        Shown = new ConfigurationDatabase(settings.Host ?? "", settings.Port, settings.Database ?? "", settings.Username ?? "");
        DataSource = NpgsqlDataSource.Create(settings.ConnectionString);
        settings.MaxPoolSize = RowConnections;
        settings.ApplicationName = $"ingest/{node}/rows";
        RowSource = NpgsqlDataSource.Create(settings.ConnectionString);
        ConnectionString = connectionString;
    }

    /// <summary>Its name in the configuration.</summary>
    public string Name { get; }

    /// <summary>What may be said of it.</summary>
    public ConfigurationDatabase Shown { get; }

    /// <summary>A pool of at most three connections.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>A pool of at most four connections for what may take seconds: rows of tables, and checks of files. The pages do
    /// not wait for it.</summary>
    public NpgsqlDataSource RowSource { get; }

    /// <summary>Npgsql's; holds a password.</summary>
    internal string ConnectionString { get; }
}
