namespace OrleansIngest.Engine.Ledger;

/// <summary>The outcome of an operator's order.</summary>
public enum OrderOutcome
{
    /// <summary>It is stored, and the coordinator reads it within a second.</summary>
    Done,

    /// <summary>It was so already; nothing was noted.</summary>
    AlreadySo,

    /// <summary>The ledger knows no pipeline of that name.</summary>
    NoSuchPipeline,
}
