using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Other sessions lock the table for longer than a change of its definition waits; it can be made later.</summary>
sealed class TableBusyException(string message) : Exception(message);

/// <summary>Changes the definition of a table in a separate transaction, without making others wait for long.</summary>
static class TableAlteration
{
    /// <summary>Maximum wait for the lock, because everyone who comes later waits behind it, even readers. 1 s.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Number of attempts to get the lock before the change is postponed.</summary>
    public const int Attempts = 3;

    /// <summary>Runs an action atomically, while no other session reads or writes the table.</summary>
    /// <param name="dataSource">A role that owns the table.</param>
    /// <param name="table">Quoted, qualified name.</param>
    /// <param name="change">Receives the connection, in the transaction; called again if the transaction is restarted.</param>
    /// <param name="time">For the pauses between two attempts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TableBusyException">Other sessions hold locks on the table.</exception>
    public static async Task RunAsync(
        NpgsqlDataSource dataSource, string table, Func<NpgsqlConnection, Task> change, TimeProvider time,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isLocked = false;
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await using var claim = new NpgsqlCommand(
                    $"SET LOCAL lock_timeout = {(int)LockTimeout.TotalMilliseconds}; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
                    connection);
                await claim.ExecuteNonQueryAsync(cancellationToken);
                isLocked = true;
                CrashPoint.Hit("altering");
                await change(connection);
                CrashPoint.Hit("altered");
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException failure) when (
                failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected
                || (!isLocked && failure.SqlState == PostgresErrorCodes.QueryCanceled))
            {
                if (attempt == Attempts)
                    throw new TableBusyException(
                        $"{table} is locked by another session, so its definition cannot be changed: {failure.MessageText}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), time, cancellationToken);
        }
    }

    /// <summary>Checks that the role may change the table.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="table">The table.</param>
    /// <param name="why">The option that requires it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TargetTableException">It may not.</exception>
    public static async Task CheckRightAsync(NpgsqlConnection connection, TargetTable table, string why,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_has_role(c.relowner, 'USAGE') OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) "
                + "FROM pg_catalog.pg_class c WHERE c.oid = $1::oid",
            connection)
        { Parameters = { new() { Value = (long)table.Oid } } };
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            throw new TargetTableException(
                $"{why} changes {table.QuotedName}, which only its owner may: this database user is not its owner.");
    }
}
