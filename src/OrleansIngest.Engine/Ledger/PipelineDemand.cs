namespace OrleansIngest.Engine.Ledger;

/// <summary>The demand of a coordinated pipeline for the capacity of the silos.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Priority">As in its <see cref="PipelineOrders"/>.</param>
/// <param name="MaxInFlight">As in its <see cref="PipelineOrders"/>.</param>
/// <param name="Waiting">Files that could be claimed now, counted up to a limit.</param>
/// <param name="Loading">Files in progress, on all nodes.</param>
public readonly record struct PipelineDemand(string Pipeline, int Priority, int? MaxInFlight, int Waiting, int Loading)
{
    /// <summary>Number of further files that it may have in progress.</summary>
    public int Room => MaxInFlight is { } most ? Math.Max(0, most - Loading) : int.MaxValue;

    /// <summary>Number of files that it would take without competition.</summary>
    public int Wanted => Math.Min(Waiting, Room);
}
