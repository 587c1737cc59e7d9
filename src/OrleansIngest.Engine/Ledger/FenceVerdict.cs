namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's answer to a batch that is about to commit.</summary>
enum FenceVerdict
{
    /// <summary>Its claim is in force until this transaction ends; if that was not checked, the
    /// checkpoint will prove it.</summary>
    Open,

    /// <summary>Another node has claimed the file since, or its loading was stopped.</summary>
    Fenced,

    /// <summary>It is already committed: the answer to an earlier COMMIT was lost.</summary>
    Committed,
}
