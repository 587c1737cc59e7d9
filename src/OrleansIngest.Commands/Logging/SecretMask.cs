using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansIngest.Commands.Logging;

/// <summary>
/// Masks secrets in text. An unmistakable secret is masked everywhere. One that might as well be a word or a name (the password
/// <c>events</c>, and the table of that name) is masked only in the places of secrets: after <c>password=</c> and the like, and
/// in a URL before the host. In these places everything is masked, known or not.
/// </summary>
public sealed partial class SecretMask
{
    internal const string Mask = "***";
    const int LongestWord = 24;

    volatile Known _known = new([], []);

    /// <summary>Adds a secret, also in the forms in which JSON and URLs escape it. Not safe for concurrent use.</summary>
    /// <param name="secret">Null and empty are ignored.</param>
    public void Add(string? secret)
    {
        if (string.IsNullOrEmpty(secret))
            return;
        string[] forms = [secret, JsonEncodedText.Encode(secret).ToString(), Escaped(secret), Escaped(Escaped(secret)),
            Uri.EscapeDataString(secret)];
        _known = MayBeAWord(secret)
            ? _known with { Words = LongestFirst([.. _known.Words, .. forms]) }
            : _known with { Unmistakable = LongestFirst([.. _known.Unmistakable, .. forms]) };
    }

    /// <summary>The text with <c>***</c> for every secret.</summary>
    public string Apply(string text)
    {
        var known = _known;
        foreach (var secret in known.Unmistakable)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        var isAssigned = SecretNames.Contain(text);
        var hasUrl = text.Contains("://", StringComparison.Ordinal);
        if (isAssigned || hasUrl)
        {
            foreach (var word in known.Words)
                text = InItsPlace(text, word);
        }

        if (isAssigned) text = Assigned().Replace(text, "$1" + Mask);
        return hasUrl ? InUrl().Replace(text, "$1" + Mask + "@") : text;
    }

    /// <summary>
    /// Whether a text could be something else: letters with at most some digits after them, parts of this kind
    /// joined by <c>_ - .</c> or blanks, a number, none of them longer than 24 letters; or anything so short
    /// that it is part of something by chance.
    /// </summary>
    internal static bool MayBeAWord(string secret) => secret.Length < 6
        || (secret.Length <= LongestWord && WordLike().IsMatch(secret));

    /// <summary>A known secret may have blanks and quotes in it, where the rules for unknown ones would end too early.</summary>
    static string InItsPlace(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0;
            at = text.IndexOf(word, at, StringComparison.Ordinal))
        {
            var isSecret = BeforeSecret().IsMatch(text.AsSpan(0, at))
                || (at + word.Length < text.Length && text[at + word.Length] == '@'
                    && BeforeUrlSecret().IsMatch(text.AsSpan(0, at)));
            if (isSecret) text = string.Concat(text.AsSpan(0, at), Mask, text.AsSpan(at + word.Length));
            at += isSecret ? Mask.Length : word.Length;
            if (at > text.Length) break;
        }

        return text;
    }

    static string[] LongestFirst(IEnumerable<string> texts) =>
        [.. texts.Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length)];

    /// <summary>As the log's JSON writer does it, which escapes less than others; twice for a
    /// text that a message quotes.</summary>
    static string Escaped(string secret) =>
        secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex(@"^(\p{L}+\d{0,8}([_\-. ]\p{L}*\d{0,8})*|[\d_\-. ]+)$")]
    private static partial Regex WordLike();

    [GeneratedRegex("""((?:password|passwd|pwd|DB_PASS|PGPASSWORD)\s*=\s*)('[^']*'|[^;&\s"'\\]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Assigned();

    [GeneratedRegex("""(://[^:/@\s"]*:)[^@\s"]+@""")]
    private static partial Regex InUrl();

    [GeneratedRegex("""(password|passwd|passphrase|DB_PASS|pwd|secret|token|credential|api_?key)[\\"']*\s*[=:]\s*[\\"']*$""",
        RegexOptions.IgnoreCase | RegexOptions.RightToLeft)]
    private static partial Regex BeforeSecret();

    [GeneratedRegex("""://[^/@\s"]*:$""", RegexOptions.RightToLeft)]
    private static partial Regex BeforeUrlSecret();

    sealed record Known(string[] Unmistakable, string[] Words);
}
