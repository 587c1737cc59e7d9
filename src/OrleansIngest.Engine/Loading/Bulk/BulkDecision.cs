using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>Decides by measured sizes whether to drop indexes before a load. Pure functions.</summary>
/// <remarks>An index of n rows is built in about a third of the time that it takes to insert n rows into it one by one. To
/// build it again for the rows that are there already is lost, so what waits must outweigh them.</remarks>
static class BulkDecision
{
    /// <summary>With fewer bytes to load, dropping and building costs about what it saves. 16 MiB.</summary>
    public const long LeastBytes = 16 << 20;

    /// <summary>With <see cref="BulkPolicy.Auto"/>, the bytes to load must be this many times those of the rows.</summary>
    public const int NearlyEmpty = 10;

    /// <summary>Assumed size of a record of a text file, if none was read. 64 bytes.</summary>
    const int UsualRecordBytes = 64;

    /// <summary>Whether <see cref="BulkPolicy.Auto"/> can come to a yes for a load of this size: asked before the table is looked
    /// at.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="bytes">Stored bytes of the files to load.</param>
    public static bool IsWorthChecking(PipelineOptions options, long bytes) =>
        bytes >= LeastBytes && BulkChecks.WhyNot(options) is null;

    /// <summary>The indexes to drop, or why there is none.</summary>
    /// <param name="policy">Not <see cref="BulkPolicy.Off"/>.</param>
    /// <param name="table">As it is now.</param>
    /// <param name="bytes">Stored bytes of the files to load.</param>
    /// <returns>No indexes with a reason, for people; or indexes without one.</returns>
    public static (IReadOnlyList<string> Indexes, string? WhyNot) Of(BulkPolicy policy, PlainIndexes table, long bytes)
    {
        var isAuto = policy == BulkPolicy.Auto;
        if (table.Obstacle is { } obstacle) return ([], obstacle);
        var indexes = table.Droppable(onlyHarmless: isAuto);
        if (indexes.Count == 0) return ([], $"it has no index that may be dropped{(isAuto ? " without being asked" : "")}");
        if (isAuto && table.HasTriggers) return ([], "it has triggers, which may need the indexes");
        // A page or two may be left in a table that was emptied.
        if (table.Bytes > 64 << 10 && (isAuto ? table.Bytes > bytes / NearlyEmpty : table.Bytes > bytes))
        {
            return ([], $"its rows have {Counted.Of(table.Bytes, "byte")} and the files {Counted.Of(bytes, "byte")}: "
                + "rebuilding the indexes would take longer than maintaining them");
        }

        return (indexes, null);
    }

    /// <summary>How many rows the table will have, roughly.</summary>
    public static long RowsOf(PlainIndexes table, long bytes) => table.Rows + bytes / UsualRecordBytes;
}
