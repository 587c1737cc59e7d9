namespace OrleansIngest.Engine.Loading;

/// <summary>A field of a file and the column that it fills.</summary>
/// <param name="Field">Its position, from 1.</param>
/// <param name="Name">Its name in the file; empty if it has none.</param>
/// <param name="Column">The column, not quoted.</param>
/// <param name="Type">The column's type, such as <c>numeric(10,2)</c>.</param>
public sealed record MappedField(int Field, string Name, string Column, string Type);
