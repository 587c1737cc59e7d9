using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>The result of loading a file.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Totals">What was loaded; only for <see cref="LoadResultKind.Loaded"/>.</param>
/// <param name="Reason">Why the file was not loaded, human-readable.</param>
public sealed record LoadResult(LoadResultKind Kind, FileTotals Totals = default, string? Reason = null)
{
    /// <summary>Number of members of an archive, which are separate files from now on; null for any other file. Default:
    /// null.</summary>
    public int? Members { get; init; }
}

/// <summary>The ways a claim can end.</summary>
public enum LoadResultKind
{
    /// <summary>The whole file is committed.</summary>
    Loaded,

    /// <summary>Another owner has the file now.</summary>
    Fenced,

    /// <summary>Put back, to be loaded later.</summary>
    PutBack,

    /// <summary>Not loaded, because its content is already loaded.</summary>
    Skipped,

    /// <summary>Failed; it will be retried.</summary>
    Failed,

    /// <summary>Failed permanently.</summary>
    Quarantined,
}
