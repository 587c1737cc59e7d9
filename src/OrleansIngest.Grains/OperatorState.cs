using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>What operators told a pipeline's coordinator; kept in Orleans' ADO.NET grain storage, so that it outlives every silo.</summary>
/// <remarks>Orders also come through the ledger, from programs outside the cluster. The ledger's row counts; this follows it.</remarks>
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
        new() { Paused = orders.Paused, PausedBy = orders.PausedBy, MaxInFlight = orders.MaxInFlight, Priority = orders.Priority };
}
