using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Creates Npgsql data sources for this program, which needs few types: none defined in the database, and arrays of
/// the simple ones.</summary>
public static class PostgresDataSource
{
    const int DefaultPruningSeconds = 10;
    const int PruningSeconds = 60;

    /// <summary>A pool of connections; none is open yet. The type catalog is not loaded: it would cost every pool about 600 rows
    /// and 10 to 20 ms at its first connection.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <remarks>Values of user-defined types are sent and read as text, or as bytes that the Engine encodes itself.</remarks>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
        // Each pool wakes the process at this interval, also when it is idle.
        var settings = builder.ConnectionStringBuilder;
        if (settings.ConnectionPruningInterval == DefaultPruningSeconds)
            settings.ConnectionPruningInterval = Math.Min(settings.ConnectionIdleLifetime, PruningSeconds);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }
}
