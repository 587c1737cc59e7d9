using Npgsql;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor;

/// <summary>The monitor's connections to the ledger: few, so that looking never takes one from loading.</summary>
public sealed class MonitorDatabase : IAsyncDisposable
{
    const int Connections = 3;
    const int ConnectSeconds = 5;
    const int StatementSeconds = 15;

    /// <summary>Opens nothing yet.</summary>
    public MonitorDatabase(MonitorOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = $"ingest/{options.Node}/monitor",
            MaxPoolSize = Connections,
            MinPoolSize = 0,
            ConnectionIdleLifetime = 60,
            Timeout = ConnectSeconds,
            CommandTimeout = StatementSeconds,
        };
        Shown = new ConfigurationDatabase(settings.Host ?? "", settings.Port, settings.Database ?? "", settings.Username ?? "");
        DataSource = NpgsqlDataSource.Create(settings.ConnectionString);
    }

    /// <summary>What may be said of it.</summary>
    public ConfigurationDatabase Shown { get; }

    /// <summary>A pool of at most three connections.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
