namespace OrleansIngest.Grains;

/// <summary>The status of a pipeline's coordinator.</summary>
/// <param name="Node">The node it runs on.</param>
/// <param name="Paused">Whether it leaves new files unclaimed.</param>
/// <param name="PausedBy">Who paused it; null when it is not paused.</param>
/// <param name="Rounds">Rounds without a failure since it started here; 0 before the first.</param>
/// <param name="Settling">Files of the last round that are not ready yet.</param>
/// <param name="Claimed">Files that the last round handed to nodes.</param>
/// <param name="Failure">Why the last round failed; null if it succeeded.</param>
/// <param name="MaxInFlight">Maximum number of files loading at once; null for no limit.</param>
/// <param name="Priority">Higher is served first.</param>
[GenerateSerializer, Immutable, Alias("ingest.coordinator-status")]
public sealed record CoordinatorStatus(
    [property: Id(0)] string Node, [property: Id(1)] bool Paused, [property: Id(2)] string? PausedBy,
    [property: Id(3)] long Rounds,
    [property: Id(4)] int Settling, [property: Id(5)] int Claimed, [property: Id(6)] string? Failure,
    [property: Id(7)] int? MaxInFlight, [property: Id(8)] int Priority);
