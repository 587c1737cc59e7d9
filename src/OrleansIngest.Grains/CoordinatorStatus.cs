namespace OrleansIngest.Grains;

/// <summary>A pipeline's coordinator, seen from outside.</summary>
/// <param name="Node">The node it runs on.</param>
/// <param name="Paused">Whether it leaves new files unclaimed.</param>
/// <param name="PausedBy">Who paused it; null when it is not paused.</param>
/// <param name="Rounds">Rounds without a failure since it started here; 0 says that it has seen nothing yet.</param>
/// <param name="Settling">Files that the last round saw and that are not ready yet.</param>
/// <param name="Claimed">Files that the last round handed to nodes.</param>
/// <param name="Failure">Why the last round failed; null when it did not.</param>
/// <param name="MaxInFlight">Files that may be loading at once; null for as many as the silos take.</param>
/// <param name="Priority">Higher is served first.</param>
[GenerateSerializer, Immutable, Alias("ingest.coordinator-status")]
public sealed record CoordinatorStatus(
    [property: Id(0)] string Node, [property: Id(1)] bool Paused, [property: Id(2)] string? PausedBy, [property: Id(3)] long Rounds,
    [property: Id(4)] int Settling, [property: Id(5)] int Claimed, [property: Id(6)] string? Failure,
    [property: Id(7)] int? MaxInFlight, [property: Id(8)] int Priority);
