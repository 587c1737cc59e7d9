using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Coordination;

/// <content>What a node consists of, and how its parts know each other.</content>
public sealed partial class IngestNode
{
    readonly IngestNodeOptions _options;
    readonly ILoggerFactory _loggers;
    readonly TimeProvider _time;
    readonly PipelineSet _pipelines;
    readonly IdleArchives _idleArchives;
    readonly ConcurrentDictionary<FileId, FileLoader> _active = new();
    readonly NodeConnections _connections;
    readonly CommitLanes _lanes;
    readonly NodeTelemetry _telemetry;
    readonly NodeShares _shares;
    readonly NodeGauges _gauges;
    readonly IndexRebuild _rebuild;

    IngestNode(IngestNodeOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _time = time;
        Id = options.LedgerPool?.Node ?? options.Node ?? NodeDescription.NewId();
        Health = new DatabaseHealth(loggers.CreateLogger<DatabaseHealth>(), time);
        var laneCount = options.Pipelines.Select(p => p.Lanes).DefaultIfEmpty(new PipelineOptions().Lanes).Max();
        _connections = new NodeConnections(options.ConnectionString, Id, options.Kind, laneCount,
            options.LedgerPool?.Source);
        _rebuild = new IndexRebuild(
            _connections.Index, new DroppedIndexLedger(LedgerSource), Id, Health, time, loggers.CreateLogger<IndexRebuild>());
        Nodes = new NodeLedger(LedgerSource);
        _shares = new NodeShares(options.Limits ?? new SharedLimits(options.BatchMemoryBytes, options.DecoderMemoryBytes));
        _idleArchives = new IdleArchives(time);
        LaneTelemetry? lanes = null;
        _gauges = CreateGauges(laneCount, () => lanes?.Busy ?? 0);
        var meter = new NodeMeter(Id.Value, _gauges);
        _telemetry = new NodeTelemetry(meter);
        lanes = new LaneTelemetry(meter, _telemetry.ContextOf, time);
        Files = CreateFiles();
        _lanes = new CommitLanes(
            new LaneSettings
            {
                Node = Id,
                DataSource = _connections.Lane,
                Health = Health,
                Time = time,
                Telemetry = lanes,
                OnCommitted = Committed,
                WarmsUp = options.Kind != NodeKind.Load,
            }, laneCount, 2 * options.Capacity);
        _pipelines = new PipelineSet(options.Pipelines, ContextFactory());
        Splits = new NodeSplits(
            claim => _pipelines.ForClaim(claim.Pipeline).For(claim), () => _active.Count, _shares.Processors);
    }

    NodeGauges CreateGauges(int laneCount, Func<long> busyLanes) => new()
    {
        Pipelines = () => Pipelines,
        RejectReasons = RejectReason.All,
        ActiveFiles = () => _active.Count,
        Capacity = _options.Capacity,
        BusyLanes = busyLanes,
        Lanes = laneCount,
        MemoryUsed = () => _shares.Batches.Used,
        MemoryLimit = _shares.BatchMemory,
        BusyParsers = () => _shares.Slots.Used,
        Parsers = _shares.Processors,
        IsDatabaseUp = () => Health.AwaySince is null,
        Database = _options.Database,
    };

    FileLedger CreateFiles() => new(LedgerSource)
    {
        Time = _time,
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

    Func<PipelineOptions, LoaderContext> ContextFactory()
    {
        var slots = new ParseSlots(_shares.Slots);
        var logger = _loggers.CreateLogger<FileLoader>();
        var creator = new TableCreator(LedgerSource, Health, new SemaphoreSlim(1), logger);
        var pipes = _options.Pipes.ToDictionary(p => p.Seen.Path);
        return pipeline => new LoaderContext
        {
            Options = PipelinePace.Smooth(pipeline),
            Pace = PipelinePace.Of(pipeline,
                token => Health.RetryAsync(t => ActiveNodes.CountAsync(LedgerSource, pipeline.Name, t), token), _time),
            Target = new PipelineTarget(
                pipeline, LedgerSource, Health,
                new TableDrift(pipeline, LedgerSource, Health, new ColumnSuggestion(pipeline.Csv), _time), logger, _time),
            Maker = creator,
            Lanes = _lanes,
            Budget = _shares.Batches,
            DecoderBudget = _shares.Decoders,
            IdleArchives = _idleArchives,
            Pipes = pipes,
            InOneTransaction = _options.InOneTransaction,
            Files = Files,
            DataSource = LedgerSource,
            PublishSource = _connections.Publish,
            Health = Health,
            Logger = logger,
            Time = _time,
            ParseSlots = slots,
            IsFull = () => _active.Count >= _options.Capacity,
            FilesInWork = () => _active.Count + Splits.Open,
            SplitWorkers = () => Splits.Workers,
            Processors = (int)_shares.Processors,
            WaitsForTable = _options.Kind == NodeKind.Load,
            SameContentPatience = _options.Kind == NodeKind.Load ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(10),
        };
    }
}
