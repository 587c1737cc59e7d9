using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Finds what stands between the fields of a file that nobody has described. A comma, when it is in the header and the records behind it have as many; else
/// the one of <c>; tab |</c> for which that holds; else the one that the header contains most often. Delimiters inside quotes do not count.
/// </summary>
static class DelimiterGuess
{
    const int SampleBytes = 64 * 1024;
    const int SampleRecords = 100;

    /// <summary>In the order in which they are preferred.</summary>
    public static ReadOnlySpan<char> Candidates => [',', ';', '\t', '|'];

    /// <summary>Looks at the start of a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="quote">What surrounds fields.</param>
    public static char Of(ByteContent content, char quote)
    {
        var sample = new byte[(int)Math.Min(SampleBytes, content.Length ?? SampleBytes)];
        var length = 0;
        for (int read; length < sample.Length && (read = content.Read(length, sample.AsSpan(length))) > 0;) length += read;
        return Of(sample.AsSpan(0, length), isWhole: length < SampleBytes, quote);
    }

    /// <summary>Looks at the first bytes of a file.</summary>
    /// <param name="text">UTF-8, with or without a byte order mark.</param>
    /// <param name="isWhole">Whether the file ends there; else the last record is left out, because it may be cut.</param>
    /// <param name="quote">What surrounds fields.</param>
    public static char Of(ReadOnlySpan<byte> text, bool isWhole, char quote)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        char? mostOften = null, regular = null;
        int mostOftenCount = 0, regularCount = 0;
        foreach (var candidate in Candidates)
        {
            var counts = Counts(text, isWhole, (byte)candidate, (byte)quote);
            if (counts.Count == 0 || counts[0] == 0) continue;
            if (counts[0] > mostOftenCount) (mostOften, mostOftenCount) = (candidate, counts[0]);
            if (!counts.TrueForAll(count => count == counts[0])) continue;
            if (candidate == ',') return candidate;
            if (counts[0] > regularCount) (regular, regularCount) = (candidate, counts[0]);
        }

        return regular ?? mostOften ?? ',';
    }

    /// <summary>How many delimiters each record has outside quotes. A field may begin behind any of the candidates: in <c>a;"b, c"</c> the comma is quoted,
    /// whatever splits the line.</summary>
    static List<int> Counts(ReadOnlySpan<byte> text, bool isWhole, byte delimiter, byte quote)
    {
        var counts = new List<int>();
        bool isQuoted = false, isFieldStart = true, isBlank = true;
        var count = 0;
        for (var i = 0; i < text.Length && counts.Count < SampleRecords; i++)
        {
            var letter = text[i];
            if (isQuoted)
            {
                if (letter != quote) continue;
                if (i + 1 < text.Length && text[i + 1] == quote) i++;
                else isQuoted = false;
            }
            else if (letter is (byte)'\n' or (byte)'\r')
            {
                if (!isBlank) counts.Add(count);
                (count, isFieldStart, isBlank) = (0, true, true);
            }
            else
            {
                isQuoted = letter == quote && isFieldStart;
                isFieldStart = Candidates.Contains((char)letter);
                isBlank = false;
                if (letter == delimiter) count++;
            }
        }

        if (isWhole && !isBlank && !isQuoted && counts.Count < SampleRecords) counts.Add(count);
        else if (counts.Count == 0 && !isBlank) counts.Add(count); // a header longer than the sample
        return counts;
    }
}
