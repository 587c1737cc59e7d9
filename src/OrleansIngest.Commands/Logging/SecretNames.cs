namespace OrleansIngest.Commands.Logging;

/// <summary>Names that say that what they name is a secret.</summary>
static class SecretNames
{
    static readonly string[] Parts = ["password", "passwd", "passphrase", "DB_PASS", "pwd", "secret", "token", "credential", "apikey", "api_key"];

    /// <summary>Whether a text has such a name in it.</summary>
    public static bool Contain(string text) => Array.Exists(Parts, part => text.Contains(part, StringComparison.OrdinalIgnoreCase));
}
