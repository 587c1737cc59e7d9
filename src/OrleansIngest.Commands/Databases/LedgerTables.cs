using Npgsql;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Databases;

/// <summary>Knows when a database has no ledger, or an older one than this program reads.</summary>
static class LedgerTables
{
    /// <summary>Whether a statement failed for want of a schema, a table or a column.</summary>
    public static bool AreMissing(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction;

    /// <summary>The error for the user.</summary>
    public static CliException Missing(PostgresException failure) =>
        new($"the database lacks the ledger's tables, or they are older than this program ({failure.MessageText}): run ingest migrate");
}
