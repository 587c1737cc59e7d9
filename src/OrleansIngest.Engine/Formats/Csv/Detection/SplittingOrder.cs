namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>Which of two splittings of a sample is the better one.</summary>
static class SplittingOrder
{
    /// <summary>Of two scores closer than this, neither is better.</summary>
    const double AsGood = 0.9;

    /// <summary>A comma and a space also occur in sentences.</summary>
    const double DelimiterOfProse = 0.85;

    /// <summary>How much less a longer delimiter may fit: damaged records may break it and leave the shorter one
    /// intact.</summary>
    const double LongerMayLose = 0.08;

    /// <summary>A space, a colon and a number sign occur in most texts.</summary>
    const double WeakDelimiter = 0.25;
    const double SureWeakDelimiter = 0.4;

    /// <summary>Whether a splitting is better than another.</summary>
    public static bool IsBetter(ReadOnlySpan<byte> text, SplittingScore score, SplittingScore than, DialectHints told)
    {
        var names = NamesOf(text, score, told) - NamesOf(text, than, told);
        if (names != 0) return names > 0;
        if (IsLonger(than, score)) return than.Fit < score.Fit - LongerMayLose && Weighed(score) > Weighed(than);
        if (IsLonger(score, than)) return score.Fit >= than.Fit - LongerMayLose;
        return Weighed(score) > Weighed(than);
    }

    /// <summary>Whether two splittings explain everything, and neither is clearly better.</summary>
    public static bool IsAsGood(ReadOnlySpan<byte> text, SplittingScore score, SplittingScore best, DialectHints told) =>
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
}
