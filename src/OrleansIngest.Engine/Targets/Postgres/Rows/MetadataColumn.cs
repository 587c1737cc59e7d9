using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>A column filled with metadata of the file and the record instead of a field.</summary>
/// <param name="Column">The column.</param>
/// <param name="Encoder">Null makes the whole plan copy text.</param>
/// <param name="Template">What it is filled with.</param>
public sealed record MetadataColumn(TargetColumn Column, ColumnEncoder? Encoder, MetadataTemplate Template);
