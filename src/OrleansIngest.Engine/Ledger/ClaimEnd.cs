namespace OrleansIngest.Engine.Ledger;

/// <summary>How a claim ends if the file is not loaded.</summary>
public enum ClaimEnd
{
    /// <summary>Handed back in good order (drain): ready for anybody, counts as no attempt.</summary>
    Released,

    /// <summary>The file changed before anything of it was committed: it settles anew.</summary>
    Changed,

    /// <summary>Failed; tried again later.</summary>
    Failed,

    /// <summary>Failed permanently; only an operator can retry it.</summary>
    Quarantined,

    /// <summary>The file is gone.</summary>
    Vanished,

    /// <summary>Passed over, with a reason.</summary>
    Ignored,
}
