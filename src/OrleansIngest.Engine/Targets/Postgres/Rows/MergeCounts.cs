namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The counts of a merge; the other rows have changed nothing.</summary>
/// <param name="Inserted">Rows that are new in the table.</param>
/// <param name="Updated">Rows that took the values of a row of the table.</param>
/// <param name="Suppressed">Rows that a trigger discarded. Default: 0.</param>
readonly record struct MergeCounts(int Inserted, int Updated, int Suppressed = 0)
{
    /// <summary>With rows whose keys the table does not have afterwards; not more than were neither inserted nor updated, for a
    /// trigger may change a key.</summary>
    public MergeCounts WithMissing(int missing, int rows) =>
        this with { Suppressed = Math.Min(missing, rows - Inserted - Updated) };
}
