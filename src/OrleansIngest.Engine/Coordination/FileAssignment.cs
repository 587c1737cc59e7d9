using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Gives the waiting files of one pipeline to nodes with room.</summary>
sealed class FileAssignment(
    NodeId self, PipelineOptions options, FileLedger files, NodeLedger nodes, PipelineLedger pipelines, IFileWorkers workers,
    TimeProvider time)
{
    /// <summary>Maximum number of files of a rate-limited pipeline in progress on a node: each occupies its place for a long
    /// time.</summary>
    const int MostPaced = 16;

    int _assignments;

    /// <summary>How long claiming and handing over took.</summary>
    public MeanTime Times { get; } = new();

    /// <summary>Claims waiting files, and hands them to nodes.</summary>
    /// <param name="orders">The operators'.</param>
    /// <param name="hasRivals">Whether other pipelines are coordinated too.</param>
    /// <param name="isForItself">Whether this node alone gets files; else all silos do.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many files.</returns>
    public async Task<int> RunAsync(
        PipelineOrders orders, bool hasRivals, bool isForItself, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (room, capacity) = await RoomAsync(isForItself, cancellationToken);
        if (room.Length == 0) return 0;
        var waiting = int.MaxValue;
        if (room.Length > 1 || hasRivals || orders.MaxInFlight is not null || options.IsPaced)
        {
            var free = room.Sum(n => n.Free);
            var demands = await pipelines.DemandsAsync(options.Name, free, cancellationToken);
            var mine = demands.FirstOrDefault(d => d.Pipeline == options.Name);
            waiting = mine.Waiting;
            if (options.IsPaced) waiting = Math.Min(waiting, Math.Max(0, MostPaced * room.Length - mine.Loading));
            waiting = Math.Min(waiting, FairShare.Of(options.Name, demands, capacity, free));
        }

        var claims = new List<FileClaim>();
        for (var i = 0; i < room.Length && waiting > 0; i++)
        {
            // An even share of the waiting files, so that few files do not all go to one node.
            var share = room.Length == 1 ? Math.Min(room[i].Free, waiting)
                : Math.Min(room[i].Free, (waiting + room.Length - i - 1) / (room.Length - i));
            var taken = await files.ClaimAsync(options.Name, room[i].Node, share, only: null, cancellationToken);
            claims.AddRange(taken);
            waiting -= taken.Count;
        }

        CrashPoint.Hit("claimed");
        if (claims.Count == 0) return 0;
        _assignments = (_assignments + 1) & int.MaxValue;
        await workers.StartAsync(claims, cancellationToken);
        Times.Add(time.GetElapsedTime(began));
        return claims.Count;
    }

    /// <summary>The silos with room, those with the most first; among equals another one comes first each time, so that files
    /// that arrive one by one go to all of them. A silo that has just started counts for less, unless it is the only
    /// one.</summary>
    async Task<(NodeLoad[] WithRoom, int Capacity)> RoomAsync(bool isForItself, CancellationToken cancellationToken)
    {
        var loads = await nodes.NodeLoadsAsync(options.Name, isForItself ? self : null, cancellationToken);
        if (loads.Count > 1) loads = [.. loads.Select(n => n with { Capacity = SlowStart.Places(n.Capacity, n.Age) })];
        NodeLoad[] withRoom = [.. loads.Where(n => n.Free > 0)];
        var first = withRoom.Length == 0 ? 0 : _assignments % withRoom.Length;
        return ([.. withRoom[first..].Concat(withRoom[..first]).OrderByDescending(n => n.Free)], loads.Sum(n => n.Capacity));
    }
}
