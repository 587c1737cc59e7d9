using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>A column filled with metadata of the file and the record instead of a field.</summary>
/// <param name="Column">The column.</param>
/// <param name="Encoder">Its encoder; null makes the whole plan use COPY's text format.</param>
/// <param name="Template">The template of its values.</param>
public sealed record MetadataColumn(TargetColumn Column, ColumnEncoder? Encoder, MetadataTemplate Template);
