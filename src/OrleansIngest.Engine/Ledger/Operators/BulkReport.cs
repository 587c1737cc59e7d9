namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The effect of a verb on many files.</summary>
public sealed record BulkReport
{
    /// <summary>Number of matching files, up to the limit.</summary>
    public required long Matching { get; init; }

    /// <summary>Whether more files match than the limit: then those with the smallest keys are taken.</summary>
    public required bool HasMore { get; init; }

    /// <summary>Files that change.</summary>
    public required long Files { get; init; }

    /// <summary>Rows that are removed from their tables; null for other verbs.</summary>
    public required long? Rows { get; init; }

    /// <summary>Human-readable: a sentence without its full stop, such as <c>1,204 files of pipeline orders, quarantined: ready
    /// to be loaded</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The keys of the files that change.</summary>
    public required IReadOnlyList<long> Ids { get; init; }

    /// <summary>The largest key that was considered; null if no file matches. As <see cref="BulkChoice.UpTo"/> it excludes later
    /// files.</summary>
    public required long? UpTo { get; init; }

    /// <summary>Files that match and do not change, by the reason.</summary>
    public required IReadOnlyList<BulkExclusion> Others { get; init; }
}

/// <summary>Files that a verb does not change, for one kind of reason.</summary>
/// <param name="Files">How many.</param>
/// <param name="Outcome"><c>nothing</c>: already in this state; <c>refused</c>: not possible.</param>
/// <param name="Status">The status that they have.</param>
/// <param name="FileId">One of them.</param>
/// <param name="Message">The verb's message for that file, without its subject.</param>
public sealed record BulkExclusion(long Files, string Outcome, string Status, long FileId, string Message);
