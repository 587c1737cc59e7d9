namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>An obstacle to a complete listing, for as long as it exists.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The root, directory or file it is about.</param>
/// <param name="Detail">The system's message, human-readable.</param>
public sealed record DiscoveryProblem(ProblemKind Kind, string Path, string Detail);
