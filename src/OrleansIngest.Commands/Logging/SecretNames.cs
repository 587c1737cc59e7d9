namespace OrleansIngest.Commands.Logging;

/// <summary>Names of secrets.</summary>
static class SecretNames
{
    static readonly string[] Parts = ["password", "passwd", "passphrase", "DB_PASS", "pwd", "secret", "token", "credential",
        "apikey", "api_key"];

    /// <summary>Whether a text contains such a name.</summary>
    public static bool Contain(string text) => Array.Exists(Parts,
        part => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}
