namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Suggests another delimiter for a header that matches no columns.</summary>
static class DelimiterHint
{
    /// <summary>A sentence with a leading space; empty when nothing points to a delimiter.</summary>
    /// <param name="header">As it was split.</param>
    public static string For(IReadOnlyList<string> header)
    {
        var looksLike = '\0';
        var most = Math.Max(1, header.Count) - 1; // at least as many as of the one in use
        foreach (var candidate in (ReadOnlySpan<char>)[',', ';', '\t', '|'])
        {
            var count = header.Sum(name => name.Count(letter => letter == candidate));
            if (count > most) (looksLike, most) = (candidate, count);
        }

        return looksLike == '\0' ? "" : $" The delimiter looks like {Shown(looksLike.ToString())}: {HowToSay(looksLike)}.";
    }

    static string HowToSay(char delimiter)
    {
        var word = delimiter == '\t' ? "tab" : delimiter.ToString();
        return $"--delimiter {(delimiter == '\t' ? word : $"'{word}'")}, or \"csv\": {{ \"delimiter\": \"{word}\" }} in the "
            + "pipeline's configuration";
    }

    /// <summary>A delimiter as shown in messages.</summary>
    public static string Shown(string delimiter) => delimiter == "\t" ? "a tab" : $"'{delimiter}'";
}
