using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The background services of a permanent node: retention, disposal of loaded files, building of dropped
/// indexes.</summary>
sealed class NodeServices(IngestNode node, RetentionOptions retention, IndexRebuild rebuild, ILoggerFactory loggers)
    : IAsyncDisposable
{
    readonly RetentionService _retention = new(
        node.LedgerSource, retention, node.Time, loggers.CreateLogger<RetentionService>());

    readonly DisposalService _disposals = new(
        node.LedgerSource, node.Id, () => node.Pipelines, () => Any(node, o => DisposalPlan.Of(o) is not null), node.Time,
        loggers.CreateLogger<DisposalService>());

    readonly IndexService _indexes = new(
        rebuild, new DroppedIndexLedger(node.LedgerSource), node.Lanes, () => node.Pipelines,
        () => Any(node, o => o.Bulk is BulkPolicy.Auto or BulkPolicy.On), node.Time, loggers.CreateLogger<IndexService>());

    public async ValueTask DisposeAsync()
    {
        await _retention.DisposeAsync();
        await _disposals.DisposeAsync();
        await _indexes.DisposeAsync();
    }

    static bool Any(IngestNode node, Func<PipelineOptions, bool> matches) =>
        node.Pipelines.Any(name => node.OptionsOf(name) is { } options && matches(options));
}
