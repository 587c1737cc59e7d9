using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Reads <c>postgres://user:password@host:port/database?sslmode=require</c>.</summary>
static class DatabaseUrl
{
    /// <summary>Reads the URL.</summary>
    /// <param name="url">As given; its password is repeated in no message.</param>
    /// <param name="source">Where it was given, for messages.</param>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static DatabaseSettings Parse(string url, string source)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw Wrong("it must start with postgres:// or postgresql://");
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (database.Length == 0 || database.Contains('/'))
            throw Wrong("it must name one database behind the host");
        var login = uri.UserInfo.Split(':', 2);
        if (login[0].Length == 0)
            throw Wrong("it must name a user");
        var host = uri.Host.Trim('[', ']');
        var port = uri.Port;
        var ssl = "prefer";
        string? rootCertificate = null;
        foreach (var (key, value) in Query(uri.Query))
        {
            switch (key)
            {
                case "sslmode":
                    ssl = Ssl(value) is not null ? value : throw Wrong($"sslmode '{value}' is not one of disable, allow, prefer, require, verify-ca, verify-full");
                    break;
                case "sslrootcert":
                    rootCertificate = value;
                    break;
                case "host":
                    host = value;
                    break;
                case "port":
                    port = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong("port must be a number");
                    break;
                default:
                    throw Wrong($"'{key}' is unknown; known are sslmode, sslrootcert, host and port");
            }
        }

        return new DatabaseSettings
        {
            Host = host.Length == 0 ? "localhost" : host,
            Port = port < 0 ? 5432 : port,
            Database = database,
            User = Uri.UnescapeDataString(login[0]),
            Password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : null,
            SslMode = ssl,
            RootCertificate = rootCertificate,
            Source = source,
        };

        CliException Wrong(string why) =>
            CliException.Usage($"{source} is not a database URL such as postgres://user:password@host:5432/database: {why}");
    }

    /// <summary>libpq's names for the modes; null for anything else.</summary>
    public static SslMode? Ssl(string text) => text switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => null,
    };

    static IEnumerable<(string Key, string Value)> Query(string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            yield return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }
    }
}
