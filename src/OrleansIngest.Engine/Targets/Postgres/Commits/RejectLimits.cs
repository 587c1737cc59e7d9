using System.Globalization;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Limits on the rejected records of a file, beyond which none of it is loaded. Pure functions of the counts.</summary>
readonly record struct RejectLimits(long? Most, double? Percent, long? InRow)
{
    /// <summary>The limits of a pipeline.</summary>
    public static RejectLimits Of(PipelineOptions options) =>
        new(options.MaxRejected, options.MaxRejectedPercent, options.MaxRejectedInRow);

    /// <summary>Why a file exceeds them, human-readable; null if it does not.</summary>
    /// <param name="loaded">Records that became rows so far.</param>
    /// <param name="rejected">Records that were rejected so far.</param>
    /// <param name="inRow">The longest run of consecutive rejects.</param>
    /// <param name="left">Maximum number of remaining records; null if unknown: then the share is not checked.</param>
    public string? Beyond(long loaded, long rejected, long inRow, long? left)
    {
        var (share, of) = (Percent, (decimal)loaded + rejected);
        if (Most is { } most && rejected > most) return Sentence($"maxRejected: {Number(most)}", loaded, rejected);
        if (InRow is { } row && inRow > row)
            return $"{Counted.Of(inRow, "record")} {Were(inRow)} rejected in a row, more than maxRejectedInRow: {Number(row)} "
                + $"allows; {Of(loaded, rejected)}{Nothing}";
        // As decimals: 0.1 % of 1,000 records is exactly one record.
        if (share is { } percent && left is { } more && rejected > 0 && 100m * rejected > (decimal)percent * (of + more))
            return Sentence($"maxRejectedPercent: {percent.ToString(CultureInfo.InvariantCulture)}", loaded, rejected);
        return null;
    }

    const string Nothing = "; no part of the file was loaded";

    static string Sentence(string limit, long loaded, long rejected) =>
        $"{Of(loaded, rejected)}, more than {limit} allows{Nothing}";

    static string Of(long loaded, long rejected) =>
        $"{Number(rejected)} of {Counted.Of(loaded + rejected, "record")} {Were(rejected)} rejected";

    static string Were(long count) => count == 1 ? "was" : "were";

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
