namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The counts of a merge; the other rows have changed nothing.</summary>
/// <param name="Inserted">Rows that are new in the table.</param>
/// <param name="Updated">Rows that updated a row of the table.</param>
/// <param name="Suppressed">Rows that a trigger discarded. Default: 0.</param>
readonly record struct MergeCounts(int Inserted, int Updated, int Suppressed = 0)
{
    /// <summary>Adds rows whose keys are not in the table afterwards; at most those that were neither inserted nor updated,
    /// because a trigger may change a key.</summary>
    public MergeCounts WithMissing(int missing, int rows) =>
        this with { Suppressed = Math.Min(missing, rows - Inserted - Updated) };
}
