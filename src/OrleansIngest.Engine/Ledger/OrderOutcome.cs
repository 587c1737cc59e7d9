namespace OrleansIngest.Engine.Ledger;

/// <summary>The outcome of an operator's order.</summary>
public enum OrderOutcome
{
    /// <summary>It is stored, and the coordinator reads it within a second.</summary>
    Done,

    /// <summary>Nothing to do: the order was already in force.</summary>
    AlreadySo,

    /// <summary>The ledger has no pipeline of that name.</summary>
    NoSuchPipeline,
}
