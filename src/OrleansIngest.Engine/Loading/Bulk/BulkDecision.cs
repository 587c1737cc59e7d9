using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>Decides by measured sizes whether to drop indexes before a load. Pure functions.</summary>
/// <remarks>Building an index of n rows is faster than inserting n rows into it one by one. Rebuilding it
/// for the existing rows is extra work, so the files to load must outweigh them.</remarks>
static class BulkDecision
{
    /// <summary>With fewer bytes to load, dropping and building costs about as much as it saves. 16 MiB.</summary>
    public const long LeastBytes = 16 << 20;

    /// <summary>With <see cref="BulkPolicy.Auto"/>, the bytes to load must be this many times those of the rows.</summary>
    public const int NearlyEmpty = 10;

    /// <summary>Assumed size of a record of a text file, if none was read. 64 bytes.</summary>
    const int UsualRecordBytes = 64;

    /// <summary>Whether <see cref="BulkPolicy.Auto"/> can decide to drop indexes for a load of this size: checked before the
    /// table is examined at all.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="bytes">Stored bytes of the files to load.</param>
    public static bool IsWorthChecking(PipelineOptions options, long bytes) =>
        bytes >= LeastBytes && BulkChecks.WhyNot(options) is null;

    /// <summary>The indexes to drop, or why there are none.</summary>
    /// <param name="policy">Not <see cref="BulkPolicy.Off"/>.</param>
    /// <param name="table">As it is now.</param>
    /// <param name="bytes">Stored bytes of the files to load.</param>
    /// <returns>Indexes, or a reason for none, human-readable.</returns>
    public static (IReadOnlyList<string> Indexes, string? WhyNot) Of(BulkPolicy policy, PlainIndexes table, long bytes)
    {
        var isAuto = policy == BulkPolicy.Auto;
        if (table.Obstacle is { } obstacle) return ([], obstacle);
        var indexes = table.Droppable(onlyHarmless: isAuto);
        if (indexes.Count == 0) return ([], $"it has no index that may be dropped{(isAuto ? " with bulk: auto" : "")}");
        if (isAuto && table.HasTriggers) return ([], "it has triggers, which may need the indexes");
        // An emptied table may still have a page or two.
        if (table.Bytes > 64 << 10 && (isAuto ? table.Bytes > bytes / NearlyEmpty : table.Bytes > bytes))
        {
            return ([], $"its rows have {Counted.Of(table.Bytes, "byte")} and the files {Counted.Of(bytes, "byte")}: "
                + "rebuilding the indexes would take longer than maintaining them");
        }

        return (indexes, null);
    }

    /// <summary>Approximate number of rows that the table will have.</summary>
    public static long RowsOf(PlainIndexes table, long bytes) => table.Rows + bytes / UsualRecordBytes;
}
