using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Databases;

/// <summary>Detects a database without a ledger, or with an older one than this program reads.</summary>
static class LedgerTables
{
    /// <summary>Whether a statement failed because a schema, a table or a column is missing.</summary>
    public static bool AreMissing(PostgresException failure) => MissingLedger.Caused(failure);

    /// <summary>The error for the user.</summary>
    public static CliException Missing(PostgresException failure) => new(MissingLedger.Describe(failure));
}
