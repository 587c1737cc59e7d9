using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Cli.Hosting;

/// <summary>A command's settings for its pages: from options, and from variables of the environment or
/// of <c>.env</c> for secrets.</summary>
sealed class PagesSettings
{
    readonly Option<string?> _http = new("--http")
    {
        Description =
            "Address of the pages. Default: 127.0.0.1:8080, or the next free port. Addresses that other machines can reach, such "
                + "as 0.0.0.0:8080, require INGEST_TOKEN",
        HelpName = "ADDRESS:PORT",
    };

    readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "Serve the pages over TLS with this certificate chain (PEM). Default: INGEST_TLS_CERT",
        HelpName = "FILE",
    };

    readonly Option<string?> _key = new("--tls-key")
    { Description = "Private key of the certificate (PEM). Default: INGEST_TLS_KEY", HelpName = "FILE" };

    /// <summary>The options, for a command that takes them.</summary>
    public IEnumerable<Option> Options => [_http, _certificate, _key];

    /// <summary>What was said.</summary>
    /// <exception cref="CliException">A setting is invalid or not safe; the message says what to do.</exception>
    public PagesConfiguration Read(CliContext context)
    {
        var http = context.Get(_http) is { } text ? Address(text) : null;
        var variables = EnvironmentVariables.Of(context.Surroundings);
        var (certificate, chain) = Certificate(
            context, context.Get(_certificate) ?? variables.Find("INGEST_TLS_CERT"),
            context.Get(_key) ?? variables.Find("INGEST_TLS_KEY"));
        var tokens = new AccessTokens(Token(context, variables, "INGEST_TOKEN"),
            Token(context, variables, "INGEST_VIEWER_TOKEN"));
        if (tokens is { Operator: not null } && tokens.Operator == tokens.Viewer)
            throw CliException.Usage("INGEST_TOKEN and INGEST_VIEWER_TOKEN must not be the same");
        var hosts = (variables.Find("INGEST_ALLOWED_HOSTS") ?? "").Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var configuration = new PagesConfiguration(http, certificate, chain, tokens, false,
            hosts.ToHashSet(StringComparer.OrdinalIgnoreCase));
        var isOpen = tokens is { Operator: null, Viewer: null };
        if (!configuration.IsLoopback && isOpen)
        {
            throw CliException.Usage(
                $"--http {http}: other machines could reach the pages. Set INGEST_TOKEN to a secret (openssl rand -hex 24), and "
                + "INGEST_VIEWER_TOKEN to another one for read-only users; or use 127.0.0.1 and a tunnel");
        }

        return isOpen ? configuration with { Tokens = TokenFile.Obtain(context), TokenIsMade = true } : configuration;
    }

    static string? Token(CliContext context, EnvironmentVariables variables, string name)
    {
        var token = variables.FindOrRead(name);
        if (token is null) return null;
        context.Secrets.Add(token);
        if (token.Length < AccessTokens.ShortestLength)
            throw CliException.Usage(
                $"{name} is too short: use at least {AccessTokens.ShortestLength} characters (openssl rand -hex 24)");
        if (token.Any(c => c is < ' ' or > '~'))
            throw CliException.Usage(
                $"{name} may contain only ASCII letters, digits and punctuation: it is sent in an HTTP header");
        return token;
    }

    static IPEndPoint Address(string text)
    {
        if (text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)) text = "127.0.0.1" + text["localhost".Length..];
        return text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var address)
            ? address
            : throw CliException.Usage($"--http must be an address and a port such as 127.0.0.1:8080, not '{text}'");
    }

    static (X509Certificate2?, X509Certificate2Collection?) Certificate(CliContext context, string? certificate, string? key)
    {
        if (certificate is null && key is null) return (null, null);
        if (certificate is null || key is null) throw CliException.Usage("TLS needs both: --tls-cert FILE and --tls-key FILE");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(context.FullPath(certificate));
            return (X509Certificate2.CreateFromPemFile(context.FullPath(certificate), context.FullPath(key)), chain);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw CliException.Usage($"cannot use --tls-cert {certificate} with --tls-key {key}: {failure.Message}");
        }
    }
}
