using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The splits of files between a node and others: those that it loads for others, and who loads its own. Safe for
/// concurrent use.</summary>
public sealed class NodeSplits
{
    readonly Func<FileClaim, LoaderContext> _contextOf;
    readonly Func<int> _ownFiles;
    readonly long _processors;
    volatile ISplitWorkers? _workers;
    int _open;

    internal NodeSplits(Func<FileClaim, LoaderContext> contextOf, Func<int> ownFiles, long processors) =>
        (_contextOf, _ownFiles, _processors) = (contextOf, ownFiles, processors);

    /// <summary>Who can load splits of this node's files. Set once the cluster is there. Default: null, nobody.</summary>
    public ISplitWorkers? Workers { get => _workers; set => _workers = value; }

    /// <summary>Files of other nodes that are open here.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Opens a file of another node, unless this node has as many files in work as processors.</summary>
    /// <param name="source">The file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The loader, for <see cref="CloseAsync"/>; or why no split of it is loaded here, human-readable.</returns>
    public async Task<(SplitLoader? Loader, string? Refusal)> OpenAsync(SplitSource source, CancellationToken cancellationToken)
    {
        if (_ownFiles() + Interlocked.Increment(ref _open) > _processors)
        {
            Interlocked.Decrement(ref _open);
            return (null, "the node is busy with its own files");
        }

        SplitLoader? loader = null;
        try
        {
            (loader, var refusal) = await SplitLoader.OpenAsync(source, _contextOf(source.Claim), cancellationToken);
            return (loader, refusal);
        }
        catch (KeyNotFoundException failure)
        {
            return (null, failure.Message); // not one of this node's pipelines
        }
        finally
        {
            if (loader is null) Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Ends a loader, whatever it is doing.</summary>
    public async Task CloseAsync(SplitLoader loader)
    {
        await loader.DisposeAsync();
        Interlocked.Decrement(ref _open);
    }
}
