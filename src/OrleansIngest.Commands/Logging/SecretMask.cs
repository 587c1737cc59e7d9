using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansIngest.Commands.Logging;

/// <summary>Takes passwords out of text: the known ones wherever they stand, others where they follow <c>password=</c> or stand in a URL.</summary>
public sealed partial class SecretMask
{
    const string Mask = "***";
    volatile string[] _secrets = [];

    /// <summary>From now on this text is masked wherever it stands, also as JSON and URLs escape it. Not to be called from several threads at once.</summary>
    /// <param name="secret">Null or empty is no secret.</param>
    public void Add(string? secret)
    {
        if (string.IsNullOrEmpty(secret))
            return;
        _secrets = [.. _secrets
            .Concat([secret, JsonEncodedText.Encode(secret).ToString(), Escaped(secret), Escaped(Escaped(secret)), Uri.EscapeDataString(secret)])
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(known => known.Length)];
    }

    /// <summary>The text with <c>***</c> for every password.</summary>
    public string Apply(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        if (text.Contains("pass", StringComparison.OrdinalIgnoreCase) || text.Contains("pwd", StringComparison.OrdinalIgnoreCase))
            text = Assigned().Replace(text, "$1" + Mask);
        return text.Contains("://", StringComparison.Ordinal) ? InUrl().Replace(text, "$1" + Mask + "@") : text;
    }

    /// <summary>As the log's JSON writer does it, which escapes less than others; twice for a text that a message quotes.</summary>
    static string Escaped(string secret) =>
        secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex("""((?:password|passwd|pwd|DB_PASS|PGPASSWORD)\s*=\s*)('[^']*'|[^;&\s"'\\]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Assigned();

    [GeneratedRegex("""(://[^:/@\s"]*:)[^@\s"]+@""")]
    private static partial Regex InUrl();
}
