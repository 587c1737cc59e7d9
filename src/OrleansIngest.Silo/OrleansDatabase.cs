using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Silo;

/// <summary>Connections for Orleans' own queries.</summary>
static class OrleansDatabase
{
    /// <summary>Few, found in <c>pg_stat_activity</c> as <c>ingest/&lt;node&gt;/orleans</c>, with the schema in which Orleans
    /// looks for its statements.</summary>
    public static NpgsqlDataSource Create(string connectionString, NodeId node) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"ingest/{node}/orleans",
            SearchPath = "orleans",
            MinPoolSize = 0,
            MaxPoolSize = 8,
            // A database that hangs must not block the membership for half a minute.
            CommandTimeout = 10,
            Timeout = 5,
            Enlist = false,
        });
}
