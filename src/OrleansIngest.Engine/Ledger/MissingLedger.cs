using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Detects a database without a ledger, or with an older one than this program reads.</summary>
public static class MissingLedger
{
    /// <summary>Whether a statement failed because a schema, a table, a column or a function is missing.</summary>
    public static bool Caused(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction;

    /// <summary>What is missing, and the command that creates it.</summary>
    public static string Describe(PostgresException failure) =>
        $"the database lacks the ledger's tables, or they are older than this program ({failure.MessageText}): "
            + "run ingest migrate";
}
