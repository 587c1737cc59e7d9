namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The way in which the values of a sample are quoted, for a given delimiter.</summary>
static class BestQuoting
{
    /// <summary>The factor by which another way to quote must be better.</summary>
    const double ClearlyBetter = 1.05;

    /// <summary>How much less quotes that values need may fit: a damaged record breaks them, but not a splitting without
    /// quotes.</summary>
    const double MayBeBroken = 0.1;

    /// <param name="text">The sample.</param>
    /// <param name="delimiter">Between its fields.</param>
    /// <param name="told">What is configured.</param>
    /// <param name="mostRecords">How many records are looked at.</param>
    public static SplittingScore Of(ReadOnlySpan<byte> text, string delimiter, DialectHints told, int mostRecords)
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
}
