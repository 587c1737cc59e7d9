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
    readonly List<NpgsqlDataSource> _dataSources = [];
    readonly PipelineSet _pipelines;
    readonly IdleArchives _idleArchives;
    readonly ConcurrentDictionary<FileId, FileLoader> _active = new();
    readonly NpgsqlDataSource _ledgerSource;
    readonly CommitLanes _lanes;
    readonly NodeTelemetry _telemetry;
    readonly SharedLimits _limits;
    readonly MemoryBudget _budget;
    readonly MemoryBudget _decoders;
    readonly MemoryBudget _slots;
    NodeHeartbeat? _heartbeat;
    readonly NodeGauges _gauges;
    RetentionService? _retention;
    readonly IndexRebuild _rebuild;
    DisposalService? _disposals;
    IndexService? _indexes;
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
        // A load's statements are few, and each new connection costs PostgreSQL more than a wait for one of two.
        _ledgerSource = DataSource("ledger", options.Kind == NodeKind.Load ? 2 : 10);
        var laneSource = DataSource("lane", laneCount);
        // one statement is a whole file
        var publishSource = DataSource("publish", laneCount, settings => settings.CommandTimeout = 0);
        // A load has published its files before it builds indexes; a silo publishes files in parallel.
        var indexSource = options.Kind == NodeKind.Load
            ? publishSource
            : DataSource("index", laneCount, settings => settings.CommandTimeout = 0);
        _rebuild = new IndexRebuild(
            indexSource, new DroppedIndexLedger(_ledgerSource), Id, Health, time, loggers.CreateLogger<IndexRebuild>());
        Nodes = new NodeLedger(_ledgerSource);
        _limits = options.Limits ?? new SharedLimits(options.BatchMemoryBytes, options.DecoderMemoryBytes);
        var budget = _budget = _limits.Batches.Join();
        var decoders = _decoders = _limits.Decoders.Join();
        var slots = new ParseSlots(_slots = _limits.Slots.Join());
        _idleArchives = new IdleArchives(time);
        var creator = new TableCreator(_ledgerSource, Health, new SemaphoreSlim(1), loggers.CreateLogger<FileLoader>());
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
        Files = new FileLedger(_ledgerSource)
        {
            Time = time,
            OnFinished = _telemetry.Finished,
            DisposalOf = pipeline => _pipelines?.Find(pipeline) is { } options ? DisposalPlan.Of(options) : null,
            // Where a later file replaces the rows of an earlier one, they are loaded by age.
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
                DataSource = laneSource,
                Health = Health,
                Time = time,
                Telemetry = lanes,
                OnCommitted = Committed,
                Rehearses = options.Kind != NodeKind.Load,
            }, laneCount, 2 * options.Capacity);
        var logger = loggers.CreateLogger<FileLoader>();
        var pipes = options.Pipes.ToDictionary(p => p.Seen.Path);
        _pipelines = new PipelineSet(options.Pipelines, pipeline => new LoaderContext
        {
            Options = PipelinePace.Smooth(pipeline),
            Pace = PipelinePace.Of(pipeline,
                token => Health.RetryAsync(t => ActiveNodes.CountAsync(_ledgerSource, pipeline.Name, t), token), time),
            Target = new PipelineTarget(
                pipeline, _ledgerSource, Health,
                new TableDrift(pipeline, _ledgerSource, Health, new ColumnSuggestion(pipeline.Csv), time), logger, time),
            Maker = creator,
            Lanes = _lanes,
            Budget = budget,
            DecoderBudget = decoders,
            IdleArchives = _idleArchives,
            Pipes = pipes,
            InOneTransaction = options.InOneTransaction,
            Files = Files,
            DataSource = _ledgerSource,
            PublishSource = publishSource,
            Health = Health,
            Logger = logger,
            Time = time,
            ParseSlots = slots,
            IsFull = () => _active.Count >= options.Capacity,
            FilesInWork = () => _active.Count,
            Processors = (int)_limits.Slots.Total,
            WaitsForTable = options.Kind == NodeKind.Load,
            SameContentPatience = options.Kind == NodeKind.Load ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(10),
        });
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
    public IReadOnlyList<string> Pipelines => _pipelines?.Names ?? []; // asked for by gauges before the node is complete

    /// <summary>The options of a pipeline that it currently runs; null if it runs none of that name.</summary>
    public PipelineOptions? OptionsOf(string pipeline) => _pipelines.Find(pipeline);

    /// <summary>Connections that copy and commit: fixed when the node starts.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>Connections for reads of the ledger.</summary>
    public NpgsqlDataSource LedgerSource => _ledgerSource;

    /// <summary>Whether changed files of a pipeline may be continued from their old end.</summary>
    internal bool ReadsOn(string pipeline) => _pipelines.Find(pipeline)?.ReadsOn == true;

    /// <summary>Rows committed by this process since it started.</summary>
    public long CommittedRows => Interlocked.Read(ref _committedRows);

    /// <summary>The files being loaded here.</summary>
    public IReadOnlyCollection<FileLoader> Active => (IReadOnlyCollection<FileLoader>)_active.Values;

    /// <summary>Batches that wait for a lane.</summary>
    internal int WaitingBatches => _lanes.Waiting;

    /// <summary>Its clock.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Whether it may declare a silent node dead: only if its own heartbeats were regular.</summary>
    public bool CanDeclareDead => _heartbeat?.IsRegular == true;

    /// <summary>Whether the ledger has been reached within <see cref="NodeLedger.SilentAfter"/>. A node that has not reached it
    /// appears silent to all others, and is soon dead.</summary>
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
            _ = Task.Run(node.PrefetchAsync, CancellationToken.None); // ends early when the node does; never fails
            var noting = Task.Run(() => node.NotePipelinesAsync(cancellationToken), cancellationToken);
            try
            {
                node._heartbeat = await NodeHeartbeat.StartAsync(
                    node.DataSource("heartbeat", 1), node._ledgerSource, description, node._gauges, time,
                    loggers.CreateLogger<NodeHeartbeat>(), cancellationToken);
            }
            finally
            {
                await noting;
            }

            if (options.Kind is not (NodeKind.Silo or NodeKind.Host)) return node;
            node._retention = new RetentionService(node._ledgerSource, options.Retention, time,
                loggers.CreateLogger<RetentionService>());
            node._disposals = new DisposalService(
                node._ledgerSource, node.Id, () => node.Pipelines,
                () => node.Pipelines.Any(p => node.OptionsOf(p) is { } o && DisposalPlan.Of(o) is not null), time,
                loggers.CreateLogger<DisposalService>());
            node._indexes = new IndexService(
                node._rebuild, new DroppedIndexLedger(node._ledgerSource), node.Lanes, () => node.Pipelines,
                () => node.Pipelines.Any(p => node.OptionsOf(p)?.Bulk is BulkPolicy.Auto or BulkPolicy.On), time,
                loggers.CreateLogger<IndexService>());
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies another configuration: claims that arrive from now on are loaded with it, files in progress keep their
    /// options. Coordinators of pipelines that changed or went are not <see cref="Coordinator.IsCurrent"/> any more.</summary>
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
    async Task PrefetchAsync()
    {
        foreach (var pipeline in _options.Pipelines)
        {
            if (_isOver) return;
            if (!pipeline.IsTemplate) await _pipelines.ForClaim(pipeline.Name).Target.PrefetchAsync();
        }
    }

    /// <summary>The indexes around a load by this node.</summary>
    public BulkLoad CreateBulkLoad() => new(
        _ledgerSource, new DroppedIndexLedger(_ledgerSource), _rebuild, Id, Health, _time, _loggers.CreateLogger<BulkLoad>());

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
        var discovery = new FileDiscovery(DiscoveryOf(options), _time);
        return new Coordinator(Id, () => CanDeclareDead, options, Files, Nodes, new PipelineLedger(_ledgerSource),
            new CoordinatorPoll(_ledgerSource), workers,
            discovery,
            new ReplacementCheck(pipeline, new ContentLedger(_ledgerSource), _time), _time, _loggers.CreateLogger<Coordinator>())
        {
            IsLatest = () => ReferenceEquals(_pipelines.Find(pipeline), options),
            IsForItself = _options.Kind == NodeKind.Host,
            MayClaimAsync = new BacklogBulk(options, _ledgerSource, _time, _loggers.CreateLogger<BacklogBulk>()).CheckAsync,
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

    /// <summary>Commits what the lanes still have, for five seconds at most, and leaves the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true)) return;
        if (_retention is not null) await _retention.DisposeAsync();
        if (_disposals is not null) await _disposals.DisposeAsync();
        if (_indexes is not null) await _indexes.DisposeAsync();
        await _lanes.DrainAsync(TimeSpan.FromSeconds(5));
        foreach (var loader in _active.Values) await loader.DisposeAsync();
        _active.Clear();
        _idleArchives.Dispose();
        await _lanes.DisposeAsync();
        if (_heartbeat is not null) await _heartbeat.DisposeAsync();
        foreach (var source in _dataSources) await source.DisposeAsync();
        _limits.Batches.Leave(_budget);
        _limits.Decoders.Leave(_decoders);
        _limits.Slots.Leave(_slots);
        _telemetry.Dispose();
    }

    void Committed(PendingBatch batch) => Interlocked.Add(ref _committedRows, batch.Rows.LoadedCount);

    NpgsqlDataSource DataSource(string purpose, int connections, Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            // The name by which the sessions of a node are found, and ended when it hangs.
            ApplicationName = $"ingest/{Id}/{purpose}",
            MaxPoolSize = connections,
            MinPoolSize = 0,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true, // distinguishes a refused COMMIT from a refused checkpoint
            Enlist = false,
            NoResetOnClose = true,
        };
        change?.Invoke(settings);
        var source = PostgresDataSource.Create(settings.ConnectionString);
        _dataSources.Add(source);
        return source;
    }

    static DiscoveryOptions DiscoveryOf(PipelineOptions options) => new()
    {
        Roots = [.. options.Watch],
        Recursive = options.Recursive,
        Include = options.Include.Count > 0 ? options.Include : ["*"],
        NeverData = [.. options.Exclude, SourceRemoval.AsidePrefix + "*"],
        MatchCase = options.MatchCase,
        SettleTime = options.Tail ? TimeSpan.Zero : options.SettleTime, // followed files never settle
        SentinelSuffix = options.Sentinel,
    };
}
