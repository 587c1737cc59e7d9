namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Something that stands in the way of a complete listing, for as long as it does.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The root, directory or file it is about.</param>
/// <param name="Detail">What the system says, for people.</param>
public sealed record DiscoveryProblem(ProblemKind Kind, string Path, string Detail);
