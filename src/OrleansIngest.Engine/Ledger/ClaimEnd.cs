namespace OrleansIngest.Engine.Ledger;

/// <summary>How a claim ends if the file is not loaded.</summary>
public enum ClaimEnd
{
    /// <summary>Returned by a drain: ready for any node, not counted as an attempt.</summary>
    Released,

    /// <summary>The file changed before anything of it was committed: it settles again.</summary>
    Changed,

    /// <summary>Failed; retried later.</summary>
    Failed,

    /// <summary>Failed permanently; only an operator can retry it.</summary>
    Quarantined,

    /// <summary>The file is gone.</summary>
    Vanished,

    /// <summary>Ignored, with a reason.</summary>
    Ignored,
}
