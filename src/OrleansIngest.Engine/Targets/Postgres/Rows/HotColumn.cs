using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>What the loop over a record's fields needs to know of one column, side by side in memory.</summary>
/// <param name="Field">The 0-based field of the record.</param>
/// <param name="Encoder">Writes its values.</param>
/// <param name="Rules">What a value that is there must meet.</param>
/// <param name="IsRequired">Whether a rule refuses NULL and the empty text.</param>
/// <param name="RefusesNull">Whether the column is NOT NULL.</param>
readonly record struct HotColumn(int Field, ColumnEncoder Encoder, RowRule[] Rules, bool IsRequired, bool RefusesNull);
