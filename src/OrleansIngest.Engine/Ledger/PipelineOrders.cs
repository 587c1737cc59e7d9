namespace OrleansIngest.Engine.Ledger;

/// <summary>The operators' orders for a pipeline, which persist across restarts until they are changed.</summary>
public sealed record PipelineOrders
{
    /// <summary>Nothing said.</summary>
    public static PipelineOrders None { get; } = new();

    /// <summary>Whether new files stay unclaimed; those in progress are finished. Default: false.</summary>
    public bool Paused { get; init; }

    /// <summary>Who paused it. Default: null.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Files that may be loading at once in the whole cluster, 1 to 1,000,000. Default: null,
    /// as many as the silos take.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>When silos have less room than files wait, pipelines with a higher number are served first, those with the same
    /// share evenly; -100 to 100. Default: 0.</summary>
    public int Priority { get; init; }
}
