namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Says, when a header does not fit, that another delimiter would split it, or that it is no header but a note for spreadsheets.</summary>
static class DelimiterHint
{
    const string Note = "sep=";

    /// <summary>A sentence with a blank before it; empty when nothing points to a delimiter.</summary>
    /// <param name="header">As it was split.</param>
    public static string For(IReadOnlyList<string> header)
    {
        if (SpreadsheetNote(header) is { } note) return $" {note}";
        var looksLike = '\0';
        var most = Math.Max(1, header.Count) - 1; // as many, or more, than the one that was taken
        foreach (var candidate in DelimiterGuess.Candidates)
        {
            var count = header.Sum(name => name.Count(letter => letter == candidate));
            if (count > most) (looksLike, most) = (candidate, count);
        }

        return looksLike == '\0' ? "" : $" The delimiter looks like {Shown(looksLike)}: {HowToSay(looksLike)}.";
    }

    /// <summary>Why a first line such as <c>sep=;</c> is no header; null when it is none.</summary>
    /// <param name="header">As it was split, perhaps at the very delimiter that it names.</param>
    public static string? SpreadsheetNote(IReadOnlyList<string> header)
    {
        if (header.Count is 0 or > 2 || !header[0].Trim('"', ' ').StartsWith(Note, StringComparison.OrdinalIgnoreCase)) return null;
        var named = header[0].Trim('"', ' ')[Note.Length..];
        var isSplit = header.Count == 2 && named.Length == 0 && header[1].Trim('"', ' ').Length == 0;
        if (!isSplit && (header.Count != 1 || named.Length > 1)) return null;
        var how = named.Length == 1 ? $" and set the delimiter: {HowToSay(named[0])}" : "";
        return $"Line 1 is sep={named}, a note for spreadsheets and not a header, which is not understood here: delete the line{how}.";
    }

    static string HowToSay(char delimiter)
    {
        var word = delimiter == '\t' ? "tab" : delimiter.ToString();
        return $"--delimiter {(delimiter == '\t' ? word : $"'{word}'")}, or \"csv\": {{ \"delimiter\": \"{word}\" }} in the pipeline's configuration";
    }

    static string Shown(char delimiter) => delimiter == '\t' ? "a tab" : $"'{delimiter}'";
}
