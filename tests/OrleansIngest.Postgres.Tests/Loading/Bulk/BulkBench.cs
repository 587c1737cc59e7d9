using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>Loads as <c>ingest load --bulk</c> does, in its steps.</summary>
static class BulkBench
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Drops the indexes for files.</summary>
    public static Task<BulkStart> BeginAsync(this LoadBench bench, IngestNode node, BulkPolicy? policy, params string[] paths)
    {
        bench.Pipeline.Bulk = policy;
        return node.CreateBulkLoad().BeginAsync(bench.Pipeline, paths.Sum(p => new FileInfo(p).Length), hasPipes: false,
            _ => { }, Stop);
    }

    /// <summary>All steps.</summary>
    public static async Task<(BulkStart Start, RebuildReport End)> LoadInBulkAsync(
        this LoadBench bench, BulkPolicy? policy, params string[] paths)
    {
        var node = bench.Node ?? await bench.StartNodeAsync();
        var bulk = node.CreateBulkLoad();
        var start = await bench.BeginAsync(node, policy, paths);
        await bench.LoadOnAsync(node, paths);
        return (start, await bulk.FinishAsync(2, Stop));
    }

    /// <summary>Definitions that wait.</summary>
    public static Task<string[]> DroppedAsync(this LoadBench bench) =>
        bench.RowsAsync("SELECT index_name FROM ingest.dropped_index ORDER BY index_name");
}
