using System.Text;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The splittings that are worth trying for a sample: those whose characters occur in it.</summary>
static class SplittingCandidates
{
    const int LinesForLongDelimiters = 30;
    const int LongestDelimiter = 8;

    /// <summary>In order of preference.</summary>
    static ReadOnlySpan<byte> Delimiters => ",;\t|^~\u0001\u001E\u001F:# "u8;

    /// <summary>Whether a delimiter also occurs in ordinary text, and so is chosen only if the others explain less.</summary>
    public static bool IsWeak(string delimiter) => delimiter.Trim(' ') is "" or ":" or "#";

    /// <summary>All delimiters; longer ones precede the character that they contain.</summary>
    public static List<string> DelimitersIn(ReadOnlySpan<byte> text)
    {
        var found = new List<string>();
        foreach (var letter in Delimiters)
        {
            if (!text.Contains(letter)) continue;
            if (Around(text, letter) is { } longer && !found.Contains(longer)) found.Add(longer);
            found.Add(((char)letter).ToString());
        }

        if (found.Count == 0) found.Add(",");
        return found;
    }

    /// <summary>Ways to quote: double quotes as in RFC 4180, and others that the sample suggests.</summary>
    public static List<(char Quote, char Escape)> QuotesIn(ReadOnlySpan<byte> text, string delimiter)
    {
        var quotes = new List<(char, char)> { ('"', '\0') };
        if (text.IndexOf("\\\""u8) >= 0) quotes.Add(('"', '\\'));
        if (delimiter is "'" || !OpensAField(text, (byte)'\'', delimiter)) return quotes;
        quotes.Add(('\'', '\0'));
        if (text.IndexOf("\\'"u8) >= 0) quotes.Add(('\'', '\\'));
        return quotes;
    }

    static bool OpensAField(ReadOnlySpan<byte> text, byte quote, string delimiter) =>
        (text.Length > 0 && text[0] == quote)
        || text.IndexOf([(byte)delimiter[^1], quote]) >= 0
        || text.IndexOf([(byte)'\n', quote]) >= 0
        || text.IndexOf([(byte)'\r', quote]) >= 0;

    /// <summary>The most frequent run of symbols and spaces around a character in the first lines, if it is longer than the
    /// character.</summary>
    static string? Around(ReadOnlySpan<byte> text, byte letter)
    {
        var runs = new Dictionary<string, int>();
        int lines = 0, all = 0;
        for (var i = 0; i < text.Length && lines < LinesForLongDelimiters; i++)
        {
            if (text[i] == '\n') lines++;
            if (text[i] != letter) continue;
            int from = i, to = i + 1;
            while (from > 0 && MayBePart(text[from - 1])) from--;
            while (to < text.Length && MayBePart(text[to])) to++;
            all++;
            if (to - from is > 1 and <= LongestDelimiter && Encoding.ASCII.GetString(text[from..to]) is var run
                && MayBeDelimiter(run))
            {
                runs[run] = runs.GetValueOrDefault(run) + 1;
            }

            i = to - 1;
        }

        string? best = null;
        foreach (var (run, count) in runs)
            if (2 * count >= all && (best is null || count > runs[best])) best = run;
        return best;
    }

    static bool MayBePart(byte letter) => letter is (byte)'*' or (byte)'&' or (byte)'@' or (byte)'!'
        || Delimiters.Contains(letter);

    /// <summary>Spaces around one symbol, or symbols that form a palindrome, such as <c>||</c> and <c>|~|</c>. Other runs may end
    /// with a part of a value.</summary>
    static bool MayBeDelimiter(string run)
    {
        var core = run.AsSpan().Trim(' ');
        for (var i = 0; i < core.Length / 2; i++)
            if (core[i] != core[^(i + 1)]) return false;
        return true;
    }
}
