namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The outcome of a verb.</summary>
public enum VerbOutcome
{
    /// <summary>The ledger has changed, and its history has an entry.</summary>
    Done,

    /// <summary>Nothing to do: it was already in this state.</summary>
    Nothing,

    /// <summary>Not possible in this state; the message says why, and what is possible.</summary>
    Refused,

    /// <summary>The file or the pipeline is not in the ledger.</summary>
    Unknown,
}
