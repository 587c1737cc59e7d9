namespace OrleansIngest.Engine.Mapping;

/// <summary>A field without a column.</summary>
/// <param name="Field">Index of the CSV field, from 0.</param>
/// <param name="Name">Its name in the header, trimmed, with invisible characters escaped; empty if it has none.</param>
/// <param name="Near">The column that is probably meant, of those that no field fills; null if
/// there is none. Default: null.</param>
public sealed record UnmappedField(int Field, string Name, string? Near = null);
