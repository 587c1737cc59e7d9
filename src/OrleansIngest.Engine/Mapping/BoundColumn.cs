using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Mapping;

/// <summary>A column that a file fills.</summary>
/// <param name="Column">The table's column.</param>
/// <param name="Field">Index of the CSV field, from 0.</param>
public sealed record BoundColumn(TargetColumn Column, int Field);
