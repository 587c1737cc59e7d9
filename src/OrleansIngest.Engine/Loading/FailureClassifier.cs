using System.Net.Sockets;
using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>Decides by SQLSTATE and exception type, never by a message's text, which is translated.</summary>
static class FailureClassifier
{
    /// <summary>A pure function: the same failure is always the same class.</summary>
    public static FailureClass Classify(Exception failure) => failure switch
    {
        PostgresException postgres when BatchLedger.SaysFenced(postgres) => FailureClass.Fence,
        PostgresException postgres => Classify(postgres.SqlState),
        NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException => FailureClass.Wait,
        _ => FailureClass.File,
    };

    /// <summary>By the class of the SQLSTATE, its first two characters.</summary>
    /// <param name="sqlState">Five characters, see PostgreSQL's appendix "Error Codes".</param>
    public static FailureClass Classify(string sqlState) => sqlState switch
    {
        "22P04" => FailureClass.File,          // bad COPY file format: our own framing, no row's fault
        "25006" => FailureClass.Wait,          // read-only: a standby that is about to be promoted
        "55P03" or "55006" => FailureClass.Wait, // a lock or an object in use
        "P0001" => FailureClass.Row,           // RAISE in a trigger
        ['2', '2', ..] => FailureClass.Row,    // data exception
        ['2', '3', ..] => FailureClass.Row,    // integrity constraint violation
        ['4', '4', ..] => FailureClass.Row,    // WITH CHECK OPTION
        ['0', '8', ..] => FailureClass.Wait,   // connection
        ['2', '8', ..] => FailureClass.Wait,   // password changed, pg_hba edited: an operator is at work
        ['4', '0', ..] => FailureClass.Wait,   // deadlock, serialization
        ['5', '3', ..] => FailureClass.Wait,   // disk full, memory, too many connections
        ['5', '7', ..] => FailureClass.Wait,   // shutdown, start-up, cancelled
        ['5', '8', ..] => FailureClass.Wait,   // system error at the server
        ['X', 'X', ..] => FailureClass.Wait,   // internal error
        _ => FailureClass.File,
    };
}
