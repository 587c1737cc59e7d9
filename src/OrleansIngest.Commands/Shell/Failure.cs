using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Shell;

/// <summary>Describes a failure to users. Cold, so that nothing here is loaded without a failure.</summary>
static class Failure
{
    /// <summary>Whether the database, or the way to it, says it. Here, because a command that needs no database
    /// must not load its client.</summary>
    public static bool IsOfDatabase(Exception exception) => exception is NpgsqlException;

    /// <summary>A sentence or two, without passwords.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="withStack">Whether a developer reads.</param>
    /// <param name="database">The database that the command works with, as far as it is known. Default: null.</param>
    public static string Describe(Exception exception, bool withStack, DatabaseSettings? database = null)
    {
        var message = withStack ? exception.ToString() : exception switch
        {
            PostgresException server =>
                $"PostgreSQL reported: {server.MessageText} ({server.SqlState}{(database is null ? "" : $"; {database}")})",
            NpgsqlException client => Unreachable.Describe(client, database),
            IOException or UnauthorizedAccessException => exception.Message,
            MigrationException or LedgerVersionException or ForeignTableException or TargetTableException => exception.Message,
            _ => $"{exception.Message} ({exception.GetType().Name}; --log-level debug shows where)",
        };
        return new SecretMask().Apply(message);
    }
}
