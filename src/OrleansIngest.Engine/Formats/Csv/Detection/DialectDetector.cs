using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>
/// Detects the dialect of a file without configuration. Every splitting of the sample that its characters suggest is scored by
/// the result: records of one width, columns of one kind, names of the table's columns. If two different splittings explain all
/// of it equally well, the file is refused, because one of them would put values into the wrong columns.
/// </summary>
static class DialectDetector
{
    const int FirstBytes = 128 * 1024;
    const int FirstRecords = 1000;
    const int LaterRecords = 200_000;

    /// <summary>How much better a splitting must fit after the first records to win against another that explains
    /// those.</summary>
    const double SureLater = 0.05;

    /// <summary>The factor by which another way to quote must be better.</summary>
    const double ClearlyBetter = 1.05;

    /// <summary>Of two scores closer than this, neither is better.</summary>
    const double AsGood = 0.9;

    /// <summary>A comma and a space also occur in sentences.</summary>
    const double DelimiterOfProse = 0.85;

    /// <summary>How much less a longer delimiter may fit: damaged records may break it and leave the shorter one
    /// intact.</summary>
    const double LongerMayLose = 0.08;

    /// <summary>How much less quotes that values need may fit: a damaged record breaks them, but not a splitting without
    /// quotes.</summary>
    const double MayBeBroken = 0.1;

    /// <summary>A space, a colon and a number sign occur in most texts.</summary>
    const double WeakDelimiter = 0.25;
    const double SureWeakDelimiter = 0.4;

    /// <summary>Examines the sample of a content.</summary>
    /// <exception cref="LayoutException">Two splittings are equally good.</exception>
    public static DialectFinding Detect(SampleText sample, DialectHints told)
    {
        var text = sample.Start.AsSpan();
        var noteBytes = 0;
        if (SpreadsheetNote.Of(text) is { } note)
        {
            noteBytes = note.Bytes;
            told = told with { Delimiter = told.Delimiter ?? note.Delimiter };
        }

        text = text[noteBytes..];
        var skipped = SkipLines(text, told.SkipLines ?? 0);
        text = text[skipped..];
        var best = Best(text, sample.Middle, told);
        var records = best.Records;
        var outline = told.HeaderLines is { } lines
            ? new TableOutline(told.SkipLines is null ? TableOutline.Of(text, records, best.Width, told.IsColumn).HeaderAt : 0,
                lines, true)
            : TableOutline.Of(text, records, best.Width, told.IsColumn);
        if (told.SkipLines is not null && outline.HeaderAt > 0)
            outline = outline with { HeaderAt = 0, HeaderRecords = Math.Min(outline.HeaderRecords, 1) };
        var names = told.HasNames ? default : FieldNames.Of(text, best, outline);
        return new DialectFinding
        {
            Splitting = best.Splitting,
            Names = names.Names ?? [],
            HeaderFinding = names.Finding,
            HeaderComesAgain = outline.HeaderRecords > 0
                && ComesAgain(text, records, outline.HeaderAt + outline.HeaderRecords - 1),
            FieldCount = best.Width,
            SkipLines = told.SkipLines
                ?? (records.Count == 0 ? 0 : records[Math.Min(outline.HeaderAt, records.Count - 1)].Line - 1),
            HeaderLines = outline.HeaderRecords,
            FooterLines = told.FooterLines ?? Footer.LinesOf(sample, noteBytes + skipped, best),
        };
    }

    static bool ComesAgain(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int header)
    {
        for (var i = header + 1; i < records.Count; i++)
        {
            if (records[i].Width != records[header].Width || records[header].Filled < 2) continue;
            var field = 0;
            while (field < records[i].Width
                && records[i].Fields[field].Of(text).SequenceEqual(records[header].Fields[field].Of(text))) field++;
            if (field == records[i].Width) return true;
        }

        return false;
    }

    /// <summary>A delimiter for a file with one column: one that does not occur in it, preferably a comma.</summary>
    static string Absent(ReadOnlySpan<byte> text)
    {
        foreach (var letter in ",;\t|\u001F\u001E\u0001"u8)
            if (!text.Contains(letter)) return ((char)letter).ToString();
        return "\u0002";
    }

    static SplittingScore Best(ReadOnlySpan<byte> text, ReadOnlySpan<byte> middle, DialectHints told)
    {
        var first = text[..Math.Min(text.Length, FirstBytes)];
        if (first.Length < text.Length)
            first = first[..(first.LastIndexOf((byte)'\n') is var end and > 0 ? end + 1 : first.Length)];
        var scores = new List<SplittingScore>();
        foreach (var delimiter in told.Delimiter is { } one ? [one] : SplittingCandidates.DelimitersIn(first))
        {
            scores.Add(BestQuoting(first, delimiter, told, FirstRecords));
            if (BindsAll(text, scores[^1], told)) return scores[^1];
        }

        if (told.Delimiter is null) scores.Add(BestQuoting(first, Absent(first), told, FirstRecords));

        var best = scores[0];
        foreach (var score in scores.Skip(1))
            if (IsBetter(first, score, best, told)) best = score;
        if (best.Records.Count > 0 && best.Records[0].Width != best.Width && WithLongValues(text, told) is { } whole)
            return whole;
        var laterFit = LaterFit(text[first.Length..], middle, best);
        foreach (var score in scores)
        {
            if (score == best || !IsAsGood(first, score, best, told)) continue;
            var otherFit = LaterFit(text[first.Length..], middle, score);
            if (laterFit > otherFit + SureLater) continue;
            if (otherFit <= laterFit + SureLater) throw new LayoutException(Ambiguity(first, best, score));
            (best, laterFit) = (score, otherFit);
        }

        return first.Length == text.Length ? best : Requoted(first, text, best, told);
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
        if (told.IsColumn is null || !score.ExplainsAll || text.IndexOf("\\\""u8) >= 0) return false;
        foreach (var name in score.Records[0].Fields)
            if (name.Length == 0 || !told.IsColumn(SampleText.Text(name.Of(text)))) return false;
        return true;
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
        var all = BestQuoting(text, best.Splitting.Delimiter, told, LaterRecords);
        return all.Splitting == best.Splitting ? best : SplittingScore.Of(first, all.Splitting, FirstRecords);
    }

    static SplittingScore BestQuoting(ReadOnlySpan<byte> text, string delimiter, DialectHints told, int mostRecords)
    {
        SplittingScore? best = null;
        foreach (var (quote, escape) in SplittingCandidates.QuotesIn(text, delimiter))
        {
            if (told.Quote is { } toldQuote && toldQuote != quote && best is not null) continue;
            var splitting = new Splitting(delimiter, told.Quote ?? quote, told.Escape ?? escape);
            var score = SplittingScore.Of(text, splitting, mostRecords);
            if (best is null || score.Total > ClearlyBetter * best.Total || IsProven(text, score, best)
                || (escape != '\0' && quote == best.Splitting.Quote && Broken(score) < Broken(best) && score.Fit >= best.Fit))
                best = score;
        }

        return best!;
    }

    /// <summary>Whether values need the quotes, because they contain delimiters, line breaks or quotes, and the other way to
    /// quote explains no field.</summary>
    static bool IsProven(ReadOnlySpan<byte> text, SplittingScore score, SplittingScore than)
    {
        if (score.Splitting.Quote == than.Splitting.Quote || score.Fit < than.Fit - MayBeBroken) return false;
        if (than.Records.Any(record => record.Fields.Any(value => value.IsQuoted))) return false;
        var quote = (byte)score.Splitting.Quote;
        int needed = 0, broken = 0;
        foreach (var record in score.Records)
        {
            broken += record.IsBroken ? 1 : 0;
            foreach (var value in record.Fields)
            {
                var inside = value.Of(text);
                if (value.IsQuoted
                    && (inside.Contains(quote) || inside.IndexOf(score.Splitting.DelimiterBytes) >= 0
                        || inside.Contains((byte)'\n'))) needed++;
            }
        }

        return needed > 3 * broken;
    }

    static int Broken(SplittingScore score) => score.Records.Count(record => record.IsBroken);

    static bool IsBetter(ReadOnlySpan<byte> text, SplittingScore score, SplittingScore than, DialectHints told)
    {
        var names = NamesOf(text, score, told) - NamesOf(text, than, told);
        if (names != 0) return names > 0;
        if (IsLonger(than, score)) return than.Fit < score.Fit - LongerMayLose && Weighed(score) > Weighed(than);
        if (IsLonger(score, than)) return score.Fit >= than.Fit - LongerMayLose;
        return Weighed(score) > Weighed(than);
    }

    static bool IsAsGood(ReadOnlySpan<byte> text, SplittingScore score, SplittingScore best, DialectHints told) =>
        score.ExplainsAll && best.ExplainsAll && Weighed(score) >= AsGood * Weighed(best)
        && !IsLonger(best, score) && !IsLonger(score, best)
        && NamesOf(text, score, told) == NamesOf(text, best, told);

    static double Weighed(SplittingScore score) => score.Total
        * (SplittingCandidates.IsWeak(score.Splitting.Delimiter)
            ? score.ExplainsAll && score.Kinds > SplittingScore.OfText ? SureWeakDelimiter : WeakDelimiter
        : score.Splitting.Delimiter.EndsWith(' ') ? DelimiterOfProse : 1);

    /// <summary>Whether the first delimiter contains the second, and covers as much of the text.</summary>
    static bool IsLonger(SplittingScore longer, SplittingScore shorter) =>
        longer.Splitting.Delimiter.Length > shorter.Splitting.Delimiter.Length
        && longer.Splitting.Delimiter.Contains(shorter.Splitting.Delimiter, StringComparison.Ordinal);

    static int NamesOf(ReadOnlySpan<byte> text, SplittingScore score, DialectHints told)
    {
        if (told.IsColumn is null) return 0;
        var most = 0;
        for (var i = 0; i < Math.Min(score.Records.Count, 60); i++)
        {
            var names = 0;
            foreach (var field in score.Records[i].Fields)
                if (field.Length > 0 && told.IsColumn(SampleText.Text(field.Of(text)))) names++;
            most = Math.Max(most, names);
        }

        return most;
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

    static int SkipLines(ReadOnlySpan<byte> text, int lines)
    {
        var at = 0;
        for (; lines > 0 && at < text.Length; lines--)
        {
            var found = text[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (found < 0) return text.Length;
            at += found + 1;
            if (text[at - 1] == '\r' && at < text.Length && text[at] == '\n') at++;
        }

        return at;
    }
}
