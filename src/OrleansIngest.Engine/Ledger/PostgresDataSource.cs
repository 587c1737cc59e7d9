using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Creates Npgsql data sources for this program, which needs few types: none defined in the database, and arrays of
/// the simple ones.</summary>
public static class PostgresDataSource
{
    /// <summary>A pool of connections; none is open yet. The type catalog is not loaded: with it every pool of every process
    /// would read some 600 rows at its first connection, 10 to 20 ms here.</summary>
    /// <param name="connectionString">As Npgsql knows it.</param>
    /// <remarks>Values of types that a user made are sent and read as text, or as bytes that the Engine encodes itself.</remarks>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }
}
