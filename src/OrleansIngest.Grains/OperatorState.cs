using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The operators' orders to a pipeline's coordinator, in Orleans' ADO.NET grain storage, so
/// that they outlive every silo.</summary>
/// <remarks>Orders also come through the ledger, from programs outside the cluster. The ledger's row is
/// authoritative; this is a copy.</remarks>
[GenerateSerializer, Alias("ingest.operator-state")]
public sealed record OperatorState
{
    /// <summary>The name of the grain storage provider.</summary>
    public const string Store = "operator";

    /// <summary>As <see cref="PipelineOrders.Paused"/>. Default: false.</summary>
    [Id(0)]
    public bool Paused { get; init; }

    /// <summary>As <see cref="PipelineOrders.PausedBy"/>. Default: null.</summary>
    [Id(1)]
    public string? PausedBy { get; init; }

    /// <summary>As <see cref="PipelineOrders.MaxInFlight"/>. Default: null.</summary>
    [Id(2)]
    public int? MaxInFlight { get; init; }

    /// <summary>As <see cref="PipelineOrders.Priority"/>. Default: 0.</summary>
    [Id(3)]
    public int Priority { get; init; }

    /// <summary>The same, as grain state.</summary>
    public static OperatorState Of(PipelineOrders orders) =>
        new()
        {
            Paused = orders.Paused,
            PausedBy = orders.PausedBy,
            MaxInFlight = orders.MaxInFlight,
            Priority = orders.Priority
        };
}
