namespace OrleansIngest.Engine.Ledger;

/// <summary>The totals of a loaded file.</summary>
/// <param name="Loaded">Rows in the target table.</param>
/// <param name="Rejected">Records in <c>corrupt_records</c>.</param>
/// <param name="Skipped">Blank lines, and rows that the table's triggers discarded.</param>
/// <param name="Suppressed">The rows among the skipped that the table's triggers discarded. Default: 0.</param>
/// <param name="Merged">The result of merging the loaded rows; null if rows are only appended. Default: null.</param>
public readonly record struct FileTotals(long Loaded, long Rejected, long Skipped, long Suppressed = 0,
    MergeTotals? Merged = null);

/// <summary>The totals of rows that were upserted, or inserted if their key was new.</summary>
/// <param name="Inserted">New in the table.</param>
/// <param name="Updated">Updated a row of the table.</param>
/// <param name="Unchanged">They changed nothing: the row was the same or newer, or another record of
/// the batch with the key won.</param>
public readonly record struct MergeTotals(long Inserted, long Updated, long Unchanged)
{
    /// <summary>The sum; null if there is none.</summary>
    public static MergeTotals? Sum(IEnumerable<MergeTotals?> all) =>
        all.Aggregate((MergeTotals?)null, (sum, one) => one is not { } b ? sum : sum is not { } a ? b
            : new MergeTotals(a.Inserted + b.Inserted, a.Updated + b.Updated, a.Unchanged + b.Unchanged));

    /// <summary>Three columns of a row, the first at <paramref name="at"/>; null if they are null.</summary>
    internal static MergeTotals? Read(Npgsql.NpgsqlDataReader reader, int at) =>
        reader.IsDBNull(at) ? null : new MergeTotals(reader.GetInt64(at), reader.GetInt64(at + 1), reader.GetInt64(at + 2));
}
