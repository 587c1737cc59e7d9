namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>What a verb does, or has done, to many files.</summary>
public sealed record BulkReport
{
    /// <summary>Files that match, as far as they are taken at once.</summary>
    public required long Matching { get; init; }

    /// <summary>Whether more match than the verb takes at once: those with the smallest keys are taken.</summary>
    public required bool HasMore { get; init; }

    /// <summary>Files that change.</summary>
    public required long Files { get; init; }

    /// <summary>Rows that leave their tables; null when that is not what the verb does.</summary>
    public required long? Rows { get; init; }

    /// <summary>For people: a sentence without its full stop, such as <c>1,204 files of pipeline orders, quarantined: ready to be
    /// loaded</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The keys of the files that change.</summary>
    public required IReadOnlyList<long> Ids { get; init; }

    /// <summary>The largest key that was looked at; null when no file matches. With it as <see cref="BulkChoice.UpTo"/> no later
    /// file is met.</summary>
    public required long? UpTo { get; init; }

    /// <summary>Files that match and do not change, by the reason.</summary>
    public required IReadOnlyList<BulkExclusion> Others { get; init; }
}

/// <summary>Files that a verb leaves as they are, for one kind of reason.</summary>
/// <param name="Files">How many.</param>
/// <param name="Outcome"><c>nothing</c>: it is so already; <c>refused</c>: it cannot be done.</param>
/// <param name="Status">The status that they have.</param>
/// <param name="FileId">One of them.</param>
/// <param name="Message">What the verb says of that one, without its subject.</param>
public sealed record BulkExclusion(long Files, string Outcome, string Status, long FileId, string Message);
