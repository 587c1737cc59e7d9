using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Reads the connection strings of .NET programs, <c>Host=localhost;Database=shop;Username=loader;Password=…</c>, by
/// Npgsql's keywords and their synonyms.</summary>
static class DatabaseConnectionString
{
    /// <summary>What this program decides itself, for each of its pools, or what would change nothing.</summary>
    static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "Pooling", "Minimum Pool Size", "Maximum Pool Size", "Connection Idle Lifetime", "Connection Pruning Interval",
        "Connection Lifetime", "Multiplexing", "Command Timeout", "Include Error Detail", "Log Parameters",
        "Persist Security Info",
        "Keepalive", "Max Auto Prepare", "Auto Prepare Min Usages", "No Reset On Close", "Enlist", "GSS Encryption Mode",
    };

    /// <summary>Whether a text is meant as a connection string and not as a URL.</summary>
    public static bool IsMeant(string text) =>
        text.Contains(';', StringComparison.Ordinal) && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        && !text.AsSpan(0, equals).Contains("://", StringComparison.Ordinal);

    /// <summary>Reads the connection string.</summary>
    /// <param name="text">As given; its password is repeated in no message.</param>
    /// <param name="source">Where it was given, for messages.</param>
    /// <exception cref="CliException">It cannot be read, or has a keyword that is not supported.</exception>
    public static DatabaseSettings Parse(string text, string source)
    {
        try
        {
            return DatabaseParameters.Of(Parts(text)).ToSettings(source);
        }
        catch (DatabaseUrlException wrong)
        {
            throw CliException.Usage(
                $"{source} is not a connection string such as Host=localhost;Database=shop;Username=loader;Password=secret: "
                + wrong.Message);
        }
    }

    static IEnumerable<(string Name, string Value)> Parts(string text)
    {
        var builder = Read(text);
        foreach (var keyword in builder.Keys)
        {
            if (Ignored.Contains(keyword)) continue;
            var name = NameOf(keyword) ?? throw new DatabaseUrlException($"keyword '{keyword}' is not supported: remove it");
            var value = Convert.ToString(builder[keyword], CultureInfo.InvariantCulture) ?? "";
            yield return (name, name == "sslmode" ? DatabaseUrl.NameOf(builder.SslMode) : value);
        }
    }

    static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new DatabaseUrlException($"Npgsql cannot read it: {wrong.Message}"); // which names a keyword, and never a value
        }
    }

    static string? NameOf(string keyword) => keyword.ToUpperInvariant() switch
    {
        "HOST" => "host",
        "PORT" => "port",
        "DATABASE" => "dbname",
        "USERNAME" => "user",
        "PASSWORD" => "password",
        "PASSFILE" => "passfile",
        "SSL MODE" => "sslmode",
        "ROOT CERTIFICATE" => "sslrootcert",
        "SSL CERTIFICATE" => "sslcert",
        "SSL KEY" => "sslkey",
        "TIMEOUT" => "connect_timeout",
        "APPLICATION NAME" => "application_name",
        "OPTIONS" => "options",
        _ => null,
    };
}
