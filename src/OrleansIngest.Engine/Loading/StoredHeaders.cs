using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads the headers whose mapping is stored for a table.</summary>
static class StoredHeaders
{
    /// <summary>The headers of one table, newest first; none in a database without the ledger's tables.</summary>
    public static async Task<IReadOnlyList<StoredHeader>> ReadAsync(
        NpgsqlConnection connection, TargetTable table, CancellationToken cancellationToken)
    {
        try
        {
            var mappings = await HeaderMappings.ReadAsync(connection, table.QuotedName, cancellationToken);
            return [.. mappings.Select(m => new StoredHeader(m.Names, m.Columns))];
        }
        catch (PostgresException failure)
            when (failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return []; // ingest check, in a database that was not migrated
        }
    }
}
