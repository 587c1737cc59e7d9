namespace OrleansIngest.Engine.Mapping;

/// <summary>A CSV field that no column takes.</summary>
/// <param name="Field">Index of the CSV field, from 0.</param>
/// <param name="Name">Its name in the header, trimmed; empty when it has none.</param>
public sealed record IgnoredField(int Field, string Name);
