using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The Engine in one process: its place in the ledger, its lanes, its memory, its pipelines.</summary>
public sealed partial class IngestNode : IAsyncDisposable
{
    static readonly TimeSpan ClaimsArriveWithin = TimeSpan.FromSeconds(10);

    NodeHeartbeat? _heartbeat;
    NodeServices? _services;
    long _committedRows;
    bool _isOver;

    /// <summary>Its name in the ledger.</summary>
    public NodeId Id { get; }

    /// <summary>Whether the database answers.</summary>
    public DatabaseHealth Health { get; }

    /// <summary>The ledger's statements on files.</summary>
    public FileLedger Files { get; }

    /// <summary>The ledger's statements on nodes.</summary>
    public NodeLedger Nodes { get; }

    /// <summary>The names of the pipelines that it currently runs.</summary>
    public IReadOnlyList<string> Pipelines => _pipelines?.Names ?? []; // gauges read it before the node is complete

    /// <summary>The options of a pipeline that it currently runs; null if it runs none of that name.</summary>
    public PipelineOptions? OptionsOf(string pipeline) => _pipelines.Find(pipeline);

    /// <summary>Connections that copy and commit: fixed when the node starts.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>Connections for reads of the ledger.</summary>
    public NpgsqlDataSource LedgerSource => _connections.Ledger;

    /// <summary>Whether changed files of a pipeline may be continued from their old end.</summary>
    internal bool ReadsOn(string pipeline) => _pipelines.Find(pipeline)?.ReadsOn == true;

    /// <summary>Rows committed by this process since it started.</summary>
    public long CommittedRows => Interlocked.Read(ref _committedRows);

    /// <summary>The files being loaded here.</summary>
    public IReadOnlyCollection<FileLoader> Active => (IReadOnlyCollection<FileLoader>)_active.Values;

    /// <summary>Parts of files that it loads for other nodes, and they for it.</summary>
    public NodeSplits Splits { get; }

    /// <summary>Batches that wait for a lane.</summary>
    internal int WaitingBatches => _lanes.Waiting;

    /// <summary>Its clock.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Whether it may declare a silent node dead: only if its own heartbeats were regular.</summary>
    public bool CanDeclareDead => _heartbeat?.IsRegular == true;

    /// <summary>Whether the ledger has been reached within <see cref="NodeLedger.SilentAfter"/>. A node that has not reached it
    /// appears silent to all others, and is soon declared dead.</summary>
    public bool ReachesLedger => _heartbeat is { } heartbeat && heartbeat.SinceBeat <= NodeLedger.SilentAfter;

    /// <summary>Joins the ledger, which must be migrated.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<IngestNode> StartAsync(
        IngestNodeOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Validate() is [var problem, ..])
            throw new ArgumentException($"{problem.Path} {problem.Message}", nameof(options));
        var node = new IngestNode(options, loggers, time);
        try
        {
            var description = new NodeDescription
            {
                Node = node.Id,
                MayHaveJoined = options.LedgerPool is null && options.Node is not null,
                Kind = options.Kind,
                Address = options.Address,
                Lanes = node._lanes.Count,
                Capacity = options.Capacity,
            };
            // In parallel with joining: most of the time is spent on connecting and on code that runs for the first time.
            var noting = Task.Run(() => node.NotePipelinesAsync(cancellationToken), cancellationToken);
            var prefetch = node.PrefetchAfterAsync(noting); // on the same connection; ends early when the node does; never fails
            try
            {
                node._heartbeat = await NodeHeartbeat.StartAsync(
                    node._connections.Open("heartbeat", 1), node.LedgerSource, description, node._gauges, time,
                    loggers.CreateLogger<NodeHeartbeat>(), cancellationToken);
            }
            finally
            {
                await noting;
            }

            // What comes next in a load needs the table, and meanwhile would open another connection.
            if (options.Kind == NodeKind.Load) await prefetch.WaitAsync(cancellationToken);
            if (options.Kind is not (NodeKind.Silo or NodeKind.Host)) return node;
            node._services = new NodeServices(node, options.Retention, node._rebuild, loggers);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies another configuration: claims that arrive from now on are loaded with it, and files in progress keep
    /// their options. Coordinators of changed or removed pipelines are no longer <see cref="Coordinator.IsCurrent"/>.</summary>
    /// <param name="pipelines">All pipelines that it must run; valid, with unique names.</param>
    /// <returns>The differences; none if it already runs all of them.</returns>
    public PipelineChanges Apply(IReadOnlyList<PipelineOptions> pipelines) => _pipelines.Change(pipelines);

    /// <summary>Records the current configuration of the pipelines in the ledger.</summary>
    public async Task NotePipelinesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Pipelines)
        {
            if (OptionsOf(name) is { } pipeline)
                await Files.NotePipelineAsync(name, PipelineJson.Write(pipeline), cancellationToken);
        }
    }

    /// <summary>Looks up the pipelines' tables, one after the other, so that their first files need not wait for it.</summary>
    async Task PrefetchAfterAsync(Task noting)
    {
        await noting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        foreach (var pipeline in _options.Pipelines)
        {
            if (_isOver) return;
            if (!pipeline.IsTemplate) await _pipelines.ForClaim(pipeline.Name).Target.PrefetchAsync();
        }
    }

    /// <summary>Drops and rebuilds indexes around a load by this node.</summary>
    public BulkLoad CreateBulkLoad() => new(
        LedgerSource, new DroppedIndexLedger(LedgerSource), _rebuild, Id, Health, _time, _loggers.CreateLogger<BulkLoad>());

    /// <summary>A loader for a claim of this node. It counts as active until <see cref="CloseAsync"/>.</summary>
    /// <exception cref="KeyNotFoundException">This node never had the claim's pipeline.</exception>
    public FileLoader OpenLoader(FileClaim claim)
    {
        var loader = new FileLoader(claim, _pipelines.ForClaim(claim.Pipeline).For(claim));
        _active[claim.FileId] = loader;
        _telemetry.Opened(claim);
        return loader;
    }

    /// <summary>Ends a loader, finished or not.</summary>
    public async Task CloseAsync(FileLoader loader)
    {
        _active.TryRemove(new KeyValuePair<FileId, FileLoader>(loader.Claim.FileId, loader));
        _telemetry.Closed(loader.Claim, loader.Result);
        await loader.DisposeAsync();
    }

    /// <summary>A coordinator for one of this node's pipelines, with its current configuration.</summary>
    /// <exception cref="KeyNotFoundException">This node does not run the pipeline.</exception>
    public Coordinator CreateCoordinator(string pipeline, IFileWorkers workers)
    {
        var options = _pipelines.Find(pipeline) ?? throw new KeyNotFoundException($"node {Id} does not run pipeline {pipeline}");
        var discovery = new FileDiscovery(DiscoveredFiles.Of(options), _time);
        return new Coordinator(Id, () => CanDeclareDead, options, Files, Nodes, new PipelineLedger(LedgerSource),
            new CoordinatorPoll(LedgerSource), workers,
            discovery,
            new ReplacementCheck(pipeline, new ContentLedger(LedgerSource), _time), _time, _loggers.CreateLogger<Coordinator>())
        {
            IsLatest = () => ReferenceEquals(_pipelines.Find(pipeline), options),
            IsForItself = _options.Kind == NodeKind.Host,
            MayClaimAsync = new BacklogBulk(options, LedgerSource, _time, _loggers.CreateLogger<BacklogBulk>()).CheckAsync,
        };
    }

    /// <summary>Releases claims of this node that never arrived here. Call every few seconds.</summary>
    public async Task ReleaseLostClaimsAsync(CancellationToken cancellationToken)
    {
        var lost = await Nodes.ReleaseLostClaimsAsync(Id, ClaimsArriveWithin, [.. _active.Keys], cancellationToken);
        if (lost > 0) EngineLog.ClaimsLost(_loggers.CreateLogger<IngestNode>(), Id.Value, lost);
    }

    /// <summary>Announces that this node takes no more files, before its loaders are stopped and released.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) =>
        _heartbeat?.DrainAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Commits the batches in the lanes, for at most five seconds, and leaves the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true)) return;
        if (_services is not null) await _services.DisposeAsync();
        await _lanes.DrainAsync(TimeSpan.FromSeconds(5));
        foreach (var loader in _active.Values) await loader.DisposeAsync();
        _active.Clear();
        _idleArchives.Dispose();
        await _lanes.DisposeAsync();
        if (_heartbeat is not null) await _heartbeat.DisposeAsync();
        await _connections.DisposeAsync();
        _shares.Dispose();
        _telemetry.Dispose();
    }

    void Committed(PendingBatch batch) => Interlocked.Add(ref _committedRows, batch.Rows.LoadedCount);
}
