using Npgsql;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Databases;

/// <summary>Detects a database without a ledger, or with an older one than this program reads.</summary>
static class LedgerTables
{
    /// <summary>Whether a statement failed because a schema, a table or a column is missing.</summary>
    public static bool AreMissing(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction;

    /// <summary>The error for the user.</summary>
    public static CliException Missing(PostgresException failure) =>
        new($"the database lacks the ledger's tables, or they are older than this program ({failure.MessageText}): run "
            + "ingest migrate");
}
