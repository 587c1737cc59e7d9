namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The outcome of a verb.</summary>
public enum VerbOutcome
{
    /// <summary>The ledger has changed, and its history has an entry.</summary>
    Done,

    /// <summary>It was so already: nothing changed.</summary>
    Nothing,

    /// <summary>It cannot be done to something in this state; the message says why, and what can.</summary>
    Refused,

    /// <summary>The ledger does not know the file or the pipeline.</summary>
    Unknown,
}
