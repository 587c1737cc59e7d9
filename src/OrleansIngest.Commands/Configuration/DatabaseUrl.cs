using Npgsql;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Reads the URLs that libpq reads: <c>postgres://user:password@host:port/database?sslmode=require</c>,
/// <c>postgresql://…</c>,
/// <c>postgres://user@/database?host=/var/run/postgresql</c>. Each part may be percent-encoded, and
/// may be a parameter instead.</summary>
static class DatabaseUrl
{
    static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <summary>Reads the URL.</summary>
    /// <param name="url">As given; its password is repeated in no message.</param>
    /// <param name="source">Where it was given, for messages.</param>
    /// <exception cref="CliException">It is invalid, or has a parameter that is not supported.</exception>
    public static DatabaseSettings Parse(string url, string source)
    {
        try
        {
            var scheme = Schemes.FirstOrDefault(s => url.StartsWith(s, StringComparison.OrdinalIgnoreCase))
                ?? throw new DatabaseUrlException("it must start with postgres:// or postgresql://");
            var parameters = DatabaseParameters.Of(Parts(url[scheme.Length..]));
            return parameters.ToSettings(source);
        }
        catch (DatabaseUrlException wrong)
        {
            throw CliException.Usage(
                $"{source} is not a database URL such as postgres://user:password@host:5432/database: {wrong.Message}");
        }
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

    /// <summary>libpq's name for a mode.</summary>
    public static string NameOf(SslMode mode) => mode switch
    {
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };

    /// <summary>The parts of the URL, as libpq parses it: by the names of the parameters; of two values for
    /// one name the later counts.</summary>
    static IEnumerable<(string Name, string Value)> Parts(string rest)
    {
        var at = rest.IndexOfAny(['@', '/']);
        if (at >= 0 && rest[at] == '@')
        {
            var login = rest[..at].Split(':', 2);
            if (login[0].Length > 0) yield return ("user", Decoded(login[0]));
            if (login.Length > 1) yield return ("password", Decoded(login[1]));
            rest = rest[(at + 1)..];
        }

        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var place = query < 0 ? rest : rest[..query];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (host, port) = Address(slash < 0 ? place : place[..slash]);
        if (host.Length > 0) yield return ("host", Decoded(host));
        if (port.Length > 0) yield return ("port", Decoded(port));
        if (slash >= 0 && slash + 1 < place.Length)
        {
            var database = place[(slash + 1)..];
            if (database.Contains('@', StringComparison.Ordinal))
                throw new DatabaseUrlException(
                    "write a / in the user's name or the password as %2F, and an @ after the host as %40");
            if (database.Contains('/', StringComparison.Ordinal))
                throw new DatabaseUrlException("it must name one database after the host");
            yield return ("dbname", Decoded(database));
        }

        foreach (var pair in query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=');
            if (parts.Length != 2) throw new DatabaseUrlException("parameters follow the ? as name=value, separated by &");
            yield return (Decoded(parts[0]), Decoded(parts[1]));
        }
    }

    static (string Host, string Port) Address(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
            throw new DatabaseUrlException("write an @ in the user's name or the password as %40");
        if (text.Contains(',', StringComparison.Ordinal))
            throw new DatabaseUrlException("it names several hosts, but only one is supported");
        var colon = text.IndexOf(':', text.StartsWith('[') ? Math.Max(0, text.IndexOf(']', StringComparison.Ordinal)) : 0);
        var (host, port) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        if (host.StartsWith('[') != host.EndsWith(']'))
            throw new DatabaseUrlException("an IPv6 address must be enclosed in [ and ]");
        return (host.Trim('[', ']'), port);
    }

    static string Decoded(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            var isCode = i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]);
            if (!isCode) throw new DatabaseUrlException("write a % that does not begin a code such as %20 as %25");
            if (text.AsSpan(i + 1, 2).SequenceEqual("00")) throw new DatabaseUrlException("%00 is not allowed in a name");
        }

        return Uri.UnescapeDataString(text);
    }
}

/// <summary>A problem of a database URL; the message never contains a part that may be a password.</summary>
sealed class DatabaseUrlException(string message) : Exception(message);
