using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using OrleansIngest.Commands.Configuration;

namespace OrleansIngest.Commands.Databases;

/// <summary>Describes why a database is unreachable, at which address, and what to check. Cold, like all messages.</summary>
static class Unreachable
{
    /// <summary>One or two sentences, without the password.</summary>
    /// <param name="failure">Npgsql's exception.</param>
    /// <param name="database">The configured database; null for the private PostgreSQL.</param>
    public static string Describe(NpgsqlException failure, DatabaseSettings? database)
    {
        var cause = failure.InnerException?.Message ?? failure.Message;
        if (database is null) return $"the database cannot be reached: the private PostgreSQL: {cause}";
        var place = string.Create(CultureInfo.InvariantCulture, $"{database.Host} port {database.Port}");
        return $"the database cannot be reached: {place}: {Why(failure, database, cause)} (from {database.Source})";
    }

    static string Why(NpgsqlException failure, DatabaseSettings database, string cause) => failure.InnerException switch
    {
        SocketException when database.IsSocket => string.Create(
            CultureInfo.InvariantCulture,
            $"{cause}. Does PostgreSQL run on this machine, with its socket "
                + $"{database.Host.TrimEnd('/')}/.s.PGSQL.{database.Port}? SHOW unix_socket_directories shows its directory"),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            $"{cause}. Does PostgreSQL run there, on that port, and listen on that address (listen_addresses)?",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            $"no such host: {cause}. Is the name correct?",
        SocketException => $"{cause}. Are host and port correct, and does the network or a firewall block the connection?",
        TimeoutException => string.Create(
            CultureInfo.InvariantCulture,
            $"no answer within {database.ConnectTimeoutSeconds} s. Are host and port correct, and does a firewall block the "
                + $"connection?"),
        AuthenticationException => $"{cause}. Client and server could not agree on encryption (sslmode {database.SslMode})",
        _ => cause,
    };
}
