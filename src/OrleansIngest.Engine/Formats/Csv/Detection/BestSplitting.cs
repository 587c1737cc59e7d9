namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>
/// The way to split a sample into fields. Every splitting that its characters suggest is scored by the result: records of one
/// width, columns of one kind, names of the table's columns. If two different splittings explain all of it equally well, the file
/// is refused, because one of them would put values into the wrong columns.
/// </summary>
static class BestSplitting
{
    const int FirstBytes = 128 * 1024;
    const int FirstRecords = 1000;
    const int LaterRecords = 200_000;

    /// <summary>How much better a splitting must fit after the first records to win against another that explains
    /// those.</summary>
    const double SureLater = 0.05;

    /// <param name="text">The beginning of the content, from the first line that counts.</param>
    /// <param name="middle">A later part of it.</param>
    /// <param name="told">What is configured.</param>
    /// <exception cref="LayoutException">Two splittings are equally good.</exception>
    public static SplittingScore Of(ReadOnlySpan<byte> text, ReadOnlySpan<byte> middle, DialectHints told)
    {
        var first = text[..Math.Min(text.Length, FirstBytes)];
        if (first.Length < text.Length)
            first = first[..(first.LastIndexOf((byte)'\n') is var end and > 0 ? end + 1 : first.Length)];
        var scores = new List<SplittingScore>();
        foreach (var delimiter in told.Delimiter is { } one ? [one] : SplittingCandidates.DelimitersIn(first))
        {
            scores.Add(BestQuoting.Of(first, delimiter, told, FirstRecords));
            if (BindsAll(text, scores[^1], told)) return scores[^1];
        }

        if (told.Delimiter is null) scores.Add(BestQuoting.Of(first, Absent(first), told, FirstRecords));

        var best = scores[0];
        foreach (var score in scores.Skip(1))
            if (SplittingOrder.IsBetter(first, score, best, told)) best = score;
        if (best.Records.Count > 0 && best.Records[0].Width != best.Width && WithLongValues(text, told) is { } whole)
            return whole;
        var laterFit = LaterFit(text[first.Length..], middle, best);
        foreach (var score in scores)
        {
            if (score == best || !SplittingOrder.IsAsGood(first, score, best, told)) continue;
            var otherFit = LaterFit(text[first.Length..], middle, score);
            if (laterFit > otherFit + SureLater) continue;
            if (otherFit <= laterFit + SureLater) throw new LayoutException(Ambiguity(first, best, score));
            (best, laterFit) = (score, otherFit);
        }

        return first.Length == text.Length ? best : Requoted(first, text, best, told);
    }

    /// <summary>A delimiter for a file with one column: one that does not occur in it, preferably a comma.</summary>
    static string Absent(ReadOnlySpan<byte> text)
    {
        foreach (var letter in ",;\t|\u001F\u001E\u0001"u8)
            if (!text.Contains(letter)) return ((char)letter).ToString();
        return "\u0002";
    }

    /// <summary>The splitting that explains every record from the first on if quoted values may have any length; null for none.
    /// Lines inside such a value are often similar, and look like the table, except for the header.</summary>
    static SplittingScore? WithLongValues(ReadOnlySpan<byte> text, DialectHints told)
    {
        SplittingScore? best = null;
        foreach (var delimiter in told.Delimiter is { } one ? [one]
            : SplittingCandidates.DelimitersIn(text[..Math.Min(text.Length, FirstBytes)]))
        {
            var splitting = new Splitting(delimiter, told.Quote ?? '"', told.Escape ?? '\0') { HasLongValues = true };
            var score = SplittingScore.Of(text, splitting, FirstRecords);
            if (!score.ExplainsAll || score.Records.Count < 2 || score.Total <= (best?.Total ?? 0)) continue;
            if (SampleScanner.Records(text, splitting with { HasLongValues = false },
                FirstRecords).Any(record => record.IsBroken)) best = score;
        }

        return best;
    }

    /// <summary>Whether it explains everything: the first record names all columns of the table, and all records have as many
    /// fields.</summary>
    static bool BindsAll(ReadOnlySpan<byte> text, SplittingScore score, DialectHints told)
    {
        if (told.IsColumn is null || !score.ExplainsAll || MayEscape(text, score.Splitting)) return false;
        foreach (var name in score.Records[0].Fields)
            if (name.Length == 0 || !told.IsColumn(SampleText.Text(name.Of(text)))) return false;
        return true;
    }

    /// <summary>Whether a backslash may escape quotes. One before a doubled quote in the middle of a value, as in the JSON
    /// <c>"{""name"": ""a \""b\"" c""}"</c>, cannot: the second quote would end the value where nothing ends.</summary>
    static bool MayEscape(ReadOnlySpan<byte> text, Splitting splitting)
    {
        ReadOnlySpan<byte> delimiter = splitting.DelimiterBytes;
        for (int found; (found = text.IndexOf("\\\""u8)) >= 0;)
        {
            text = text[(found + 2)..];
            if (splitting.Quote != '"' || text is not [(byte)'"', not ((byte)'\n' or (byte)'\r'), ..]
                || text[1..].StartsWith(delimiter)) return true;
        }

        return false;
    }

    /// <summary>The share of records after the first ones that have the width; 1 if there are none.</summary>
    static double LaterFit(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> middle, SplittingScore score)
    {
        var records = SampleScanner.Records(rest, score.Splitting, LaterRecords);
        records.AddRange(SampleScanner.Records(middle, score.Splitting, LaterRecords));
        return records.Count == 0 ? 1 : (double)records.Count(record => record.Width == score.Width) / records.Count;
    }

    /// <summary>The way to quote that explains the whole sample: an escaped quote may occur late.</summary>
    static SplittingScore Requoted(ReadOnlySpan<byte> first, ReadOnlySpan<byte> text, SplittingScore best, DialectHints told)
    {
        if (told.Quote is not null && told.Escape is not null) return best;
        if (SplittingCandidates.QuotesIn(text, best.Splitting.Delimiter).Count == 1) return best;
        var all = BestQuoting.Of(text, best.Splitting.Delimiter, told, LaterRecords);
        return all.Splitting == best.Splitting ? best : SplittingScore.Of(first, all.Splitting, FirstRecords);
    }

    static string Ambiguity(ReadOnlySpan<byte> text, SplittingScore one, SplittingScore other) =>
        $"the delimiter may be {Shown(one)} ({Example(text, one)}) or {Shown(other)} ({Example(text, other)}); both divide every "
        + $"record alike. Choose one: --delimiter {Shown(one)}, or \"csv\": {{ \"delimiter\": … }} in the pipeline's "
        + "configuration";

    static string Shown(SplittingScore score) => score.Splitting.Delimiter == "\t" ? "tab" : $"'{score.Splitting.Delimiter}'";

    static string Example(ReadOnlySpan<byte> text, SplittingScore score)
    {
        var fields = new List<string>();
        foreach (var field in score.Records[^1].Fields) fields.Add(SampleText.Text(field.Of(text)));
        return string.Join(" | ", fields);
    }
}
