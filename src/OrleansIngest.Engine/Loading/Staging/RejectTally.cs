using System.Globalization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Staging;

/// <summary>Counts what is committed of a file, and says as soon as it is sure that the file is beyond a limit. Runs of rejects
/// that began under an earlier
/// claim are not counted here: the transaction that publishes the file checks again.</summary>
sealed class RejectTally(RejectLimits limits)
{
    readonly RejectRuns _runs = new();
    long _loaded;
    long _rejected;
    (long Record, string Text)? _first;

    /// <summary>Begins with what is committed.</summary>
    public void Begin(FileTotals committed) => (_loaded, _rejected) = (committed.Loaded, committed.Rejected);

    /// <summary>Takes a batch that was committed.</summary>
    public void Add(EncodedRows rows)
    {
        _loaded += rows.LoadedCount;
        _rejected += rows.RejectCount;
        RejectedRow[] rejected = [.. rows.Rejects.Concat(rows.ServerRejects).OrderBy(r => r.RecordNumber)];
        _runs.Add(rows.FirstRecord, rows.Records, [.. rejected.Select(r => r.RecordNumber)]);
        if (rejected is [var first, ..] && (_first is not { } known || first.RecordNumber < known.Record)) _first = (first.RecordNumber, TextOf(first));
    }

    /// <summary>Why the file is beyond a limit, human-readable; null when it is not, as far as anybody can know.</summary>
    /// <param name="left">The most records that can still come; null if unknown.</param>
    public string? Beyond(long? left) => limits.Beyond(_loaded, _rejected, _runs.Longest, left) is { } reason
        ? _first is { } first ? $"{reason}. The first: {first.Text}" : reason
        : null;

    /// <summary>For people: a reject in a line.</summary>
    public static string TextOf(RejectedRow reject)
    {
        var place = reject.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"line {reject.Line}")
            : string.Create(CultureInfo.InvariantCulture, $"record {reject.RecordNumber}");
        return $"{place}: {reject.Reason}{(reject.Column is null ? "" : $" {reject.Column}")}: {reject.Detail}";
    }
}
