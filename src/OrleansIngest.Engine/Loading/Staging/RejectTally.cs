using System.Globalization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Staging;

/// <summary>Counts the committed records of a file, and reports as soon as the file certainly exceeds a limit. Runs of rejects
/// that began under an earlier claim are not counted here; the transaction that publishes the file checks again.</summary>
sealed class RejectTally(RejectLimits limits)
{
    readonly RejectRuns _runs = new();
    long _loaded;
    long _rejected;
    (long Record, string Text)? _first;

    /// <summary>Starts with the committed records.</summary>
    public void Begin(FileTotals committed) => (_loaded, _rejected) = (committed.Loaded, committed.Rejected);

    /// <summary>Adds a committed batch.</summary>
    public void Add(EncodedRows rows)
    {
        _loaded += rows.LoadedCount;
        _rejected += rows.RejectCount;
        RejectedRow[] rejected = [.. rows.Rejects.Concat(rows.ServerRejects).OrderBy(r => r.RecordNumber)];
        _runs.Add(rows.FirstRecord, rows.Records, [.. rejected.Select(r => r.RecordNumber)]);
        if (rejected is [var first, ..] && (_first is not { } known || first.RecordNumber < known.Record))
            _first = (first.RecordNumber, TextOf(first));
    }

    /// <summary>Why the file exceeds a limit, human-readable; null if it does not, as far as is known.</summary>
    /// <param name="left">Maximum number of records still to come; null if unknown.</param>
    public string? Beyond(long? left) => limits.Beyond(_loaded, _rejected, _runs.Longest, left) is { } reason
        ? _first is { } first ? $"{reason}. The first: {first.Text}" : reason
        : null;

    /// <summary>A reject as a line, human-readable.</summary>
    public static string TextOf(RejectedRow reject)
    {
        var place = reject.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"line {reject.Line}")
            : string.Create(CultureInfo.InvariantCulture, $"record {reject.RecordNumber}");
        return $"{place}: {reject.Reason}{(reject.Column is null ? "" : $" {reject.Column}")}: {reject.Detail}";
    }
}
