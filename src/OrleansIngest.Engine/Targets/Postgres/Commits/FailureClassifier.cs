using System.Net.Sockets;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>
/// Classifies failures by SQLSTATE, severity, exception type and stage, never by a message's text, which is translated. A trigger
/// or an input function may raise any SQLSTATE, so an SQLSTATE alone does not prove an outage: only the end of the session does,
/// or what the server itself reports about its disk, its start, or its role.
/// </summary>
static class FailureClassifier
{
    /// <summary>Whether a failed statement on the ledger, without user data, may succeed later.</summary>
    public static bool IsWorthWaiting(Exception failure) => failure switch
    {
        PostgresException postgres => IsFatal(postgres) || postgres.SqlState switch
        {
            "25006" or "55P03" or "55006" => true,
            ['0', '8', ..] or ['2', '8', ..] or ['4', '0', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..]
                or ['X', 'X', ..] => true,
            _ => false,
        },
        _ => IsConnectionFailure(failure),
    };

    /// <summary>Classifies a failed commit. A closed connection proves nothing: Npgsql closes it after any 08, 53, 57P0, 58 and
    /// XX, even from a trigger; the next attempt shows whether the server answers. A pure function.</summary>
    /// <param name="failure">The exception.</param>
    /// <param name="stage">What the transaction was doing.</param>
    public static FailureClass Classify(Exception failure, CommitStage stage) => failure switch
    {
        PostgresException postgres => Classify(postgres, stage),
        _ when IsConnectionFailure(failure) => FailureClass.Outage,
        _ => FailureClass.File,
    };

    /// <summary>Whether the table may have changed since the rows were encoded. A binary value that is too short for the new type
    /// of its column is, to the server, a violation of the protocol (08P01), which otherwise counts as temporary.</summary>
    public static bool MayBeStale(FailureClass kind, Exception failure) =>
        kind is FailureClass.Stale or FailureClass.Data or FailureClass.File
        || failure is PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation };

    /// <summary>Number of retries of a possibly temporary failure, with delays of 100 ms doubling to 5 s, before the
    /// data counts as the cause.</summary>
    public static int Retries(PostgresException failure) => failure.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled => 1,          // most likely statement_timeout: a retry takes as long
        ['4', '0', ..] or ['5', '5', ..] => 8,          // deadlock, serialization, a lock
        ['5', '3', ..] => 5,                            // memory, a limit
        _ => 1,                                         // an internal error, usually from an input function without a better code
    };

    static FailureClass Classify(PostgresException failure, CommitStage stage)
    {
        if (BatchLedger.SaysFenced(failure)) return FailureClass.Fence;
        if (BatchLedger.SaysRepeated(failure)) return FailureClass.Repeated;
        if (stage == CommitStage.Checkpoint && failure.SqlState == TableShape.Changed) return FailureClass.Stale;
        // No user code runs there: all temporary failures are retried.
        if (IsFatal(failure) || (stage == CommitStage.Checkpoint && IsWorthWaiting(failure))) return FailureClass.Outage;
        var blame = stage is CommitStage.SendingRows or CommitStage.Committing ? FailureClass.Data : FailureClass.File;
        if (IsRaisedByCode(failure)) return blame;
        return failure.SqlState switch
        {
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError or PostgresErrorCodes.TooManyConnections =>
                FailureClass.Outage,
            PostgresErrorCodes.ReadOnlySqlTransaction => FailureClass.Outage, // a standby during its promotion
            PostgresErrorCodes.QueryCanceled => FailureClass.Transient,
            ['5', '7', ..] => FailureClass.Outage,      // shutdown, start-up
            // the table is locked, by DDL for example
            "55P03" or "55006" when stage == CommitStage.Preparing => FailureClass.Outage,
            ['4', '0', ..] or ['5', '5', ..] or ['5', '3', ..] or ['5', '8', ..] => FailureClass.Transient,
            ['X', 'X', ..] or ['0', '8', ..] => FailureClass.Transient,
            ['2', '8', ..] => FailureClass.Outage,      // password changed, pg_hba edited: an operator is working on it
            _ => blame,
        };
    }

    /// <summary>FATAL and PANIC end the session.</summary>
    static bool IsFatal(PostgresException failure) => failure.InvariantSeverity is "FATAL" or "PANIC";

    /// <summary>Whether a RAISE in a trigger or function chose the SQLSTATE, by the name of the server's C
    /// function, which is not translated.</summary>
    static bool IsRaisedByCode(PostgresException failure) =>
        failure.Routine is "exec_stmt_raise" or "PLy_output" or "PLy_elog_impl" or "dblink_res_error" or "pgfdw_report_error"
            or "pgfdw_report_internal";

    static bool IsConnectionFailure(Exception failure) =>
        failure is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException;
}
