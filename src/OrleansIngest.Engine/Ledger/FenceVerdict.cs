namespace OrleansIngest.Engine.Ledger;

/// <summary>What the ledger says to a batch that wants to commit.</summary>
enum FenceVerdict
{
    /// <summary>Its claim is in force, and stays so until this transaction ends.</summary>
    Open,

    /// <summary>Somebody else has claimed the file since, or it was stopped.</summary>
    Fenced,

    /// <summary>It is committed already: the answer to an earlier COMMIT was lost.</summary>
    Committed,
}
