namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The verbs of operators for files.</summary>
public enum FileVerb
{
    /// <summary>Retry a failed or quarantined file now, after its committed ranges.</summary>
    Retry,

    /// <summary>Never load this version of the file.</summary>
    Skip,

    /// <summary>Hold the file back until an operator retries it.</summary>
    Quarantine,

    /// <summary>Load the file again: committed ranges stay, and only the rest is read, unless it was fully loaded and is
    /// deliberately loaded again.</summary>
    Replay,

    /// <summary>Load the file again as a new version, whose rows replace those of all older
    /// versions in one transaction.</summary>
    Replace,
}
