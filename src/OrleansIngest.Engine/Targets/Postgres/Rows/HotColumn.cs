using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The properties of a column for the loop over a record's fields, contiguous in memory.</summary>
/// <param name="Field">The 0-based field of the record.</param>
/// <param name="Encoder">Writes its values.</param>
/// <param name="Rules">The rules for a non-null value.</param>
/// <param name="IsRequired">Whether a rule refuses NULL and empty text.</param>
/// <param name="RefusesNull">Whether the column is NOT NULL.</param>
readonly record struct HotColumn(int Field, ColumnEncoder Encoder, RowRule[] Rules, bool IsRequired, bool RefusesNull);
