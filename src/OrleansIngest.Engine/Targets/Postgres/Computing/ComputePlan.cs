using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>The server's processing of records before they become rows of the table: it evaluates
/// expressions, and looks up values.</summary>
/// <param name="Inputs">The values that expressions may refer to.</param>
/// <param name="Columns">The columns that they fill; after the kept columns in the resulting rows.</param>
/// <param name="Lookups">Values that must exist in other tables.</param>
/// <param name="Kept">Indexes of the columns, among those that are read, that stay in the rows.</param>
/// <param name="Result">How the resulting rows are copied.</param>
sealed record ComputePlan(
    IReadOnlyList<ComputeInput> Inputs, IReadOnlyList<ComputedColumn> Columns, IReadOnlyList<ForeignLookup> Lookups,
    IReadOnlyList<int> Kept,
    CopyPlan Result);

/// <summary>A value of a record that expressions may refer to.</summary>
/// <param name="Place">Its place among the columns that are read.</param>
/// <param name="Column">Its type; the name is the column's, or that of a field without a column.</param>
/// <param name="Names">The column's name and the header's, as far as no other value has them.</param>
sealed record ComputeInput(int Place, TargetColumn Column, IReadOnlyList<string> Names);

/// <summary>A column that is filled by an expression.</summary>
/// <param name="Column">The column.</param>
/// <param name="Expression">One value for each record, in SQL.</param>
/// <param name="CastType">The type below any domain, without a length: qualified and quoted.</param>
/// <param name="Rules">The rules for its value.</param>
/// <param name="Encoder">The encoder for its text form; null if there is none.</param>
sealed record ComputedColumn(
    TargetColumn Column, string Expression, string CastType, IReadOnlyList<RowRule> Rules, Encoders.ColumnEncoder? Encoder);

/// <summary>A value that must exist in a column of another table.</summary>
/// <param name="Place">Its place among the columns that are read.</param>
/// <param name="Column">The column with the value.</param>
/// <param name="Table">The other table, as written in SQL.</param>
/// <param name="Key">Its column, as written in SQL.</param>
sealed record ForeignLookup(int Place, TargetColumn Column, string Table, string Key);
