using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Disposal;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The Engine in one process: its place in the ledger, its lanes, its memory, its pipelines.</summary>
public sealed class IngestNode : IAsyncDisposable
{
    static readonly TimeSpan ClaimsArriveWithin = TimeSpan.FromSeconds(10);

    readonly IngestNodeOptions _options;
    readonly ILoggerFactory _loggers;
    readonly TimeProvider _time;
    readonly PipelineSet _pipelines;
    readonly IdleArchives _idleArchives;
    readonly ConcurrentDictionary<FileId, FileLoader> _active = new();
    readonly NodeConnections _connections;
    readonly CommitLanes _lanes;
    readonly NodeTelemetry _telemetry;
    readonly SharedLimits _limits;
    readonly MemoryBudget _budget;
    readonly MemoryBudget _decoders;
    readonly MemoryBudget _slots;
    NodeHeartbeat? _heartbeat;
    readonly NodeGauges _gauges;
    readonly IndexRebuild _rebuild;
    NodeServices? _services;
    long _committedRows;
    bool _isOver;

    IngestNode(IngestNodeOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _time = time;
        Id = options.Node ?? NodeDescription.NewId(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        Health = new DatabaseHealth(loggers.CreateLogger<DatabaseHealth>(), time);
        var laneCount = options.Pipelines.Select(p => p.Lanes).DefaultIfEmpty(new PipelineOptions().Lanes).Max();
        _connections = new NodeConnections(options.ConnectionString, Id, options.Kind, laneCount);
        _rebuild = new IndexRebuild(
            _connections.Index, new DroppedIndexLedger(LedgerSource), Id, Health, time, loggers.CreateLogger<IndexRebuild>());
        Nodes = new NodeLedger(LedgerSource);
        _limits = options.Limits ?? new SharedLimits(options.BatchMemoryBytes, options.DecoderMemoryBytes);
        var budget = _budget = _limits.Batches.Join();
        var decoders = _decoders = _limits.Decoders.Join();
        var slots = new ParseSlots(_slots = _limits.Slots.Join());
        _idleArchives = new IdleArchives(time);
        var creator = new TableCreator(LedgerSource, Health, new SemaphoreSlim(1), loggers.CreateLogger<FileLoader>());
        LaneTelemetry? lanes = null;
        _gauges = new NodeGauges
        {
            Pipelines = () => Pipelines,
            RejectReasons = Formats.RejectReason.All,
            ActiveFiles = () => _active.Count,
            Capacity = options.Capacity,
            BusyLanes = () => lanes?.Busy ?? 0,
            Lanes = laneCount,
            MemoryUsed = () => budget.Used,
            MemoryLimit = _limits.Batches.Total,
            BusyParsers = () => _slots.Used,
            Parsers = _limits.Slots.Total,
            IsDatabaseUp = () => Health.AwaySince is null,
            Database = options.Database,
        };
        var meter = new NodeMeter(Id.Value, _gauges);
        _telemetry = new NodeTelemetry(meter);
        lanes = new LaneTelemetry(meter, _telemetry.ContextOf, time);
        Files = new FileLedger(LedgerSource)
        {
            Time = time,
            OnFinished = _telemetry.Finished,
            DisposalOf = pipeline => _pipelines?.Find(pipeline) is { } options ? DisposalPlan.Of(options) : null,
            // If a later file replaces the rows of an earlier one, files are loaded in order of age.
            RecentFirst = pipeline => _pipelines?.Find(pipeline) is
            {
                Write: WriteMode.Append,
                OnChange: ChangePolicy.NewVersion or ChangePolicy.Quarantine, Tail: false
            },
            Tails = pipeline => _pipelines?.Find(pipeline)?.Tail == true,
        };
        _lanes = new CommitLanes(
            new LaneSettings
            {
                Node = Id,
                DataSource = _connections.Lane,
                Health = Health,
                Time = time,
                Telemetry = lanes,
                OnCommitted = Committed
            }, laneCount, 2 * options.Capacity);
        var logger = loggers.CreateLogger<FileLoader>();
        var pipes = options.Pipes.ToDictionary(p => p.Seen.Path);
        _pipelines = new PipelineSet(options.Pipelines, pipeline => new LoaderContext
        {
            Options = PipelinePace.Smooth(pipeline),
            Pace = PipelinePace.Of(pipeline,
                token => Health.RetryAsync(t => ActiveNodes.CountAsync(LedgerSource, pipeline.Name, t), token), time),
            Target = new PipelineTarget(
                pipeline, LedgerSource, Health,
                new TableDrift(pipeline, LedgerSource, Health, new ColumnSuggestion(pipeline.Csv), time), logger, time),
            Maker = creator,
            Lanes = _lanes,
            Budget = budget,
            DecoderBudget = decoders,
            IdleArchives = _idleArchives,
            Pipes = pipes,
            InOneTransaction = options.InOneTransaction,
            Files = Files,
            DataSource = LedgerSource,
            PublishSource = _connections.Publish,
            Health = Health,
            Logger = logger,
            Time = time,
            ParseSlots = slots,
            IsFull = () => _active.Count >= options.Capacity,
            FilesInWork = () => _active.Count + Splits!.Open,
            SplitWorkers = () => Splits!.Workers,
            Processors = (int)_limits.Slots.Total,
            WaitsForTable = options.Kind == NodeKind.Load,
            SameContentPatience = options.Kind == NodeKind.Load ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(10),
        });
        Splits = new NodeSplits(
            claim => _pipelines.ForClaim(claim.Pipeline).For(claim), () => _active.Count, _limits.Slots.Total);
    }

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
                Kind = options.Kind,
                Address = options.Address,
                Lanes = node._lanes.Count,
                Capacity = options.Capacity,
            };
            // In parallel: most of the time is spent on connecting and on code that runs for the first time.
            if (options.Kind == NodeKind.Load && !options.Pipelines[0].IsTemplate)
                node._pipelines.ForClaim(node.Pipelines.Single()).Target.Prefetch();
            var noting = Task.Run(() => node.NotePipelinesAsync(cancellationToken), cancellationToken);
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
        _limits.Batches.Leave(_budget);
        _limits.Decoders.Leave(_decoders);
        _limits.Slots.Leave(_slots);
        _telemetry.Dispose();
    }

    void Committed(PendingBatch batch) => Interlocked.Add(ref _committedRows, batch.Rows.LoadedCount);
}
