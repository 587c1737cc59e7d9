namespace OrleansIngest.Engine.Ledger;

/// <summary>The operators' orders for a pipeline, which persist across restarts until they are changed.</summary>
public sealed record PipelineOrders
{
    /// <summary>No orders.</summary>
    public static PipelineOrders None { get; } = new();

    /// <summary>Whether new files stay unclaimed; those in progress are finished. Default: false.</summary>
    public bool Paused { get; init; }

    /// <summary>Who paused it. Default: null.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Files that may be loading at once in the whole cluster, 1 to 1,000,000. Default: null, as many as the silos can
    /// take.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>If more files wait than silos have room for, pipelines with a higher number are served first, and those with the
    /// same number share evenly; -100 to 100. Default: 0.</summary>
    public int Priority { get; init; }
}
