using System.Net;
using System.Security.Cryptography.X509Certificates;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Cli.Hosting;

/// <summary>Where the pages are served and who may see them; validated.</summary>
/// <param name="Http">The requested address; null for the default one, or the next free port.</param>
/// <param name="Certificate">With its key; null: no TLS.</param>
/// <param name="Chain">The certificates between it and its authority.</param>
/// <param name="Tokens">Tokens of viewers and operators.</param>
/// <param name="TokenIsMade">Whether the operator's token was generated, so that it must be shown.</param>
/// <param name="AllowedHosts">Names of a proxy in front.</param>
sealed record PagesConfiguration(
    IPEndPoint? Http, X509Certificate2? Certificate, X509Certificate2Collection? Chain, AccessTokens Tokens, bool TokenIsMade,
    IReadOnlySet<string> AllowedHosts)
{
    /// <summary>The address when none is given.</summary>
    public static IPEndPoint StandardHttp { get; } = new(IPAddress.Loopback, 8080);

    /// <summary>Whether only this machine can reach the pages.</summary>
    public bool IsLoopback => Http is null || IPAddress.IsLoopback(Http.Address);

    /// <summary>The link for the user. It contains a generated token, after a <c>#</c>, because
    /// browsers do not send that part.</summary>
    /// <param name="bound">Where the pages are served.</param>
    public string Link(IPEndPoint bound) => Address(bound)
        + (TokenIsMade ? "#token=" + Uri.EscapeDataString(Tokens.Operator!) : "");

    /// <summary>The same without a token.</summary>
    /// <param name="bound">Where the pages are served.</param>
    public string Address(IPEndPoint bound) => $"{(Certificate is null ? "http" : "https")}://{bound}/";
}
