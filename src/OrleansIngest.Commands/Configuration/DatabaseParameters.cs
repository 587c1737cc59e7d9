using System.Globalization;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The connection parameters of a database URL, by libpq's names.</summary>
sealed class DatabaseParameters
{
    const int LongestTimeoutSeconds = 1024; // Npgsql's

    static readonly string[] Known =
    [
        "host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "passfile",
        "connect_timeout", "application_name", "options",
    ];

    readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Checks the names; of two values for one name the later counts.</summary>
    /// <exception cref="DatabaseUrlException">A name is not supported.</exception>
    public static DatabaseParameters Of(IEnumerable<(string Name, string Value)> values)
    {
        var parameters = new DatabaseParameters();
        foreach (var (name, value) in values)
        {
            // JDBC's spelling, which libpq takes too
            if (name == "ssl" && value == "true") parameters._values["sslmode"] = "require";
            else if (name == "hostaddr")
                throw new DatabaseUrlException("parameter hostaddr is not supported: use host for the address");
            else if (!Known.Contains(name))
                throw new DatabaseUrlException($"parameter '{name}' is unknown: {NearestName.Suggest(name, Known)}");
            else parameters._values[name] = value;
        }

        return parameters;
    }

    /// <summary>The settings that the parameters make.</summary>
    /// <param name="source">Where they were given, for messages.</param>
    /// <exception cref="DatabaseUrlException">User or database is missing, or a value is out of its range.</exception>
    public DatabaseSettings ToSettings(string source)
    {
        var mode = Text("sslmode") ?? "prefer";
        if (DatabaseUrl.Ssl(mode) is null)
            throw new DatabaseUrlException(
                $"sslmode '{mode}' is not one of disable, allow, prefer, require, verify-ca, verify-full");
        var host = Text("host") ?? "localhost";
        if (host.Contains(',', StringComparison.Ordinal))
            throw new DatabaseUrlException("it names several hosts, but only one is supported");
        return new DatabaseSettings
        {
            Host = host,
            Port = Number("port", 1, 65535, "; write a / in a password as %2F") ?? 5432,
            Database = Text("dbname") ?? throw new DatabaseUrlException("it must name one database after the host"),
            User = Text("user") ?? throw new DatabaseUrlException("it must name a user"),
            Password = Text("password"),
            PasswordFile = Text("passfile"),
            SslMode = mode,
            RootCertificate = Text("sslrootcert"),
            ClientCertificate = Text("sslcert"),
            ClientKey = Text("sslkey"),
            ConnectTimeoutSeconds = Number("connect_timeout", 0, LongestTimeoutSeconds, "")
                ?? DatabaseSettings.StandardConnectTimeoutSeconds,
            ApplicationName = Text("application_name"),
            Options = Text("options"),
            Source = source,
        };
    }

    string? Text(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Does not repeat the value: a password with a <c>/</c> in it would be parsed as a port.</summary>
    int? Number(string name, int minimum, int maximum, string hint)
    {
        if (Text(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum
            && number <= maximum
            ? number
            : throw new DatabaseUrlException(string.Create(CultureInfo.InvariantCulture,
                $"{name} must be a number from {minimum} to {maximum}{hint}"));
    }
}
