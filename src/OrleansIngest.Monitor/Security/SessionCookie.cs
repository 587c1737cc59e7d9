using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIngest.Monitor.Security;

/// <summary>The session of a browser: a role and an expiry, sealed with a key derived from the role's token. It survives a
/// restart, is valid on every silo with the same token, and becomes invalid when the token changes.</summary>
static class SessionCookie
{
    public const string Name = "ingest_session";

    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    const int LongestValue = 200;

    public static string Create(Role role, string token, DateTimeOffset now)
    {
        var body = string.Create(CultureInfo.InvariantCulture,
            $"{NameOf(role)}.{(now + Lifetime).ToUnixTimeSeconds()}."
            + $"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9))}");
        return $"{body}.{Seal(body, token)}";
    }

    /// <summary>The role that a cookie proves; anonymous when it proves none.</summary>
    public static Role Read(string value, AccessTokens tokens, DateTimeOffset now)
    {
        var parts = value.Length > LongestValue ? [] : value.Split('.');
        if (parts.Length != 4 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var end))
            return Role.Anonymous;
        var role = parts[0] == NameOf(Role.Operator) ? Role.Operator
            : parts[0] == NameOf(Role.Viewer) ? Role.Viewer : Role.Anonymous;
        var token = role == Role.Operator ? tokens.Operator : role == Role.Viewer ? tokens.Viewer : null;
        if (token is null) return Role.Anonymous;
        var seal = Seal($"{parts[0]}.{parts[1]}.{parts[2]}", token);
        var isGenuine = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(parts[3]));
        return isGenuine && now.ToUnixTimeSeconds() < end ? role : Role.Anonymous;
    }

    static string NameOf(Role role) => role == Role.Operator ? "operator" : "viewer";

    static string Seal(string body, string token) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes("ingest session " + token),
            Encoding.UTF8.GetBytes(body)));
}
