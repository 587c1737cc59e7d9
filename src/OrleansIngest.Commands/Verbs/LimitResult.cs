namespace OrleansIngest.Commands.Verbs;

/// <summary>What <c>ingest limit --json</c> prints.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="MaxFiles">Files that may be loading at once; null for as many as the silos take.</param>
/// <param name="Priority">-100 to 100.</param>
sealed record LimitResult(string Pipeline, int? MaxFiles, int Priority);
