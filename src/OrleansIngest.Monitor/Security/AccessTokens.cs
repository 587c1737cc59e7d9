using System.Security.Cryptography;
using System.Text;

namespace OrleansIngest.Monitor.Security;

/// <summary>The secrets that open the monitor.</summary>
/// <param name="Operator">Allows viewing and acting; null: nobody can act.</param>
/// <param name="Viewer">Allows viewing; null for no such token.</param>
public sealed record AccessTokens(string? Operator, string? Viewer)
{
    /// <summary>Shorter tokens could be guessed.</summary>
    public const int ShortestLength = 16;

    /// <summary>Says nothing of the secrets.</summary>
    public override string ToString() =>
        $"operator token {(Operator is null ? "not set" : "set")}, viewer token {(Viewer is null ? "not set" : "set")}";

    /// <summary>The role that a token opens. Takes as long for a wrong one as for a right one.</summary>
    internal Role RoleOf(string token)
    {
        var isOperator = Same(token, Operator);
        var isViewer = Same(token, Viewer);
        return isOperator ? Role.Operator : isViewer ? Role.Viewer : Role.Anonymous;
    }

    /// <summary>Compared as hashes, which are of one length.</summary>
    static bool Same(string given, string? secret) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(secret ?? ""))) && secret is not null;
}
