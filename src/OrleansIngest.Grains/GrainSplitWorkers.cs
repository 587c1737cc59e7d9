using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Grains;

/// <summary>Has split grains on other silos load splits. A call whose answer is lost is not repeated: the grain is asked what it
/// knows of the split, and if it knows nothing, the end of the split is unknown.</summary>
sealed partial class GrainSplitWorkers(
    IGrainFactory grains, IClusterMembershipService membership, TimeProvider time, ILogger<GrainSplitWorkers> logger)
{
    static readonly TimeSpan OpenWithin = TimeSpan.FromSeconds(5);

    /// <summary>How long a silo that is a member may be silent, before its splits are given up.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a silo is not asked after it has lost a split.</summary>
    static readonly TimeSpan Distrust = TimeSpan.FromMinutes(1);

    readonly TimeProvider _time = time;
    readonly ConcurrentDictionary<string, long> _lostAt = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, ISplitWorkers> _workers = new(StringComparer.Ordinal);

    /// <summary>The other silos, for the files of one database.</summary>
    /// <param name="database">Null for the main one.</param>
    /// <param name="self">The node of this silo.</param>
    public ISplitWorkers For(string? database, NodeId self) =>
        _workers.GetOrAdd(database ?? "", _ => new OfDatabase(this, database, self));

    IReadOnlyList<NodeId> Others(NodeId self) =>
        [.. membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && m.Name != self.Value)
            .Where(m => !_lostAt.TryGetValue(m.Name, out var at) || _time.GetElapsedTime(at) > Distrust)
            .Select(m => new NodeId(m.Name))];

    SiloAddress? AddressOf(NodeId node) => membership.CurrentSnapshot.Members.Values
        .Where(m => m.Status == SiloStatus.Active && m.Name == node.Value)
        .MaxBy(m => m.SiloAddress.Generation)?.SiloAddress;

    async Task<SplitResult> LoadAsync(
        ISplitGrain grain, NodeId node, FileClaim claim, FileSplit split, CancellationToken cancellationToken)
    {
        try
        {
            await At(node, () => grain.StartAsync(split)).WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoAnswer(claim.Pipeline, claim.FileId.Value, node.Value, split.Start, failure.Message);
        }

        for (var heard = _time.GetTimestamp(); ;)
        {
            try
            {
                var report = await At(node, () => grain.WaitAsync(split.Start)).WaitAsync(cancellationToken);
                if (report.State == SplitState.Ended) return report.Result;
                if (report.State == SplitState.Unknown) throw Lost(node, "it does not know the split");
                heard = _time.GetTimestamp();
            }
            catch (Exception failure) when (failure is not SplitLostException && !cancellationToken.IsCancellationRequested)
            {
                if (AddressOf(node) is null) throw Lost(node, "it has left the cluster");
                if (_time.GetElapsedTime(heard) > Patience) throw Lost(node, failure.Message);
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    SplitLostException Lost(NodeId node, string reason)
    {
        _lostAt[node.Value] = _time.GetTimestamp();
        return new SplitLostException(reason);
    }

    ISplitGrain GrainFor(string? database, SplitKey key) =>
        grains.GetGrain<ISplitGrain>(new GrainKey(database, key.ToString()).ToString());

    /// <summary>Calls a grain that is to be on a node's silo.</summary>
    T At<T>(NodeId node, Func<T> call)
    {
        if (AddressOf(node) is { } silo) RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        return call();
    }

    sealed class OfDatabase(GrainSplitWorkers all, string? database, NodeId self) : ISplitWorkers
    {
        public IReadOnlyList<NodeId> Nodes => all.Others(self);

        public async Task<string?> OpenAsync(NodeId node, SplitSource source, CancellationToken cancellationToken)
        {
            var grain = GrainFor(node, source);
            try
            {
                return await all.At(node, () => grain.OpenAsync(source)).WaitAsync(OpenWithin, all._time, cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                return failure.Message;
            }
        }

        public Task<SplitResult> LoadAsync(
            NodeId node, SplitSource source, FileSplit split, CancellationToken cancellationToken) =>
            all.LoadAsync(GrainFor(node, source), node, source.Claim, split, cancellationToken);

        public void Close(NodeId node, SplitSource source)
        {
            try
            {
                all.At(node, GrainFor(node, source).CloseAsync).Ignore();
            }
            catch (ObjectDisposedException)
            {
                // This silo is gone. The other one closes the file when nobody has asked for it for a while.
            }
        }

        ISplitGrain GrainFor(NodeId node, SplitSource source) =>
            all.GrainFor(database, new SplitKey(node, source.Claim.FileId, source.Claim.Epoch, source.Plan));
    }
}

/// <summary>Nobody knows how a split ended.</summary>
sealed class SplitLostException(string message) : Exception(message);
