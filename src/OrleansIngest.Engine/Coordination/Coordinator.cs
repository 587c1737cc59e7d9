using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Distributes the work of one pipeline: lists directories, records files in the ledger, frees the files of dead
/// nodes, claims waiting files for nodes with room, and delivers the claims. All its state is in the ledger, so it may be
/// stopped at any moment. Two concurrent coordinators do no harm: each skips files that the other is claiming, and every
/// claim increments the epoch.</summary>
/// <remarks>Not safe for concurrent use, except <see cref="Wake"/>.</remarks>
public sealed class Coordinator : IDisposable
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(3); // well within PipelineLedger.UncoordinatedAfter

    // Content is compared for at most a tenth of the time, and only after all new files have been handed out.
    static readonly TimeSpan ComparesFor = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan ComparesEvery = TimeSpan.FromMilliseconds(200);

    readonly NodeId _self;
    readonly Func<bool> _canDeclareDead;
    readonly PipelineOptions _options;
    readonly FileLedger _files;
    readonly NodeLedger _nodes;
    readonly PipelineLedger _pipelines;
    readonly CoordinatorPoll _polls;
    readonly FileDiscovery _discovery;
    readonly ReplacementCheck _replacements;
    readonly FileAssignment _assignment;
    readonly ILogger _logger;
    readonly TimeProvider _time;
    readonly MeanTime _listing = new();
    bool _remembered;
    long _listedAt;
    long _reportedAt;
    long _comparedAt;
    bool _hasRivals;
    bool _isUnknown;

    internal Coordinator(
        NodeId self, Func<bool> canDeclareDead, PipelineOptions options, FileLedger files, NodeLedger nodes,
        PipelineLedger pipelines, CoordinatorPoll polls,
        IFileWorkers workers, FileDiscovery discovery,
        ReplacementCheck replacements, TimeProvider time, ILogger logger)
    {
        _self = self;
        _canDeclareDead = canDeclareDead;
        _options = options;
        _files = files;
        _nodes = nodes;
        _pipelines = pipelines;
        _polls = polls;
        _assignment = new FileAssignment(self, options, files, nodes, pipelines, workers, time);
        _discovery = discovery;
        _replacements = replacements;
        _logger = logger;
        _time = time;
    }

    /// <summary>Whether its options are still those of its node. Default: always true.</summary>
    internal Func<bool> IsLatest { get; init; } = () => true;

    /// <summary>Whether it gives files only to its own node, which is not a silo. Default: false, to the silos.</summary>
    internal bool IsForItself { get; init; }

    /// <summary>Called before files are claimed; false postpones them. Default: always true.</summary>
    internal Func<CancellationToken, Task<bool>> MayClaimAsync { get; init; } = _ => Task.FromResult(true);

    /// <summary>Whether its pipeline still has the configuration that it was created with; otherwise another coordinator replaces
    /// it before the next round.</summary>
    public bool IsCurrent => IsLatest();

    /// <summary>The operators' orders, as last read from the ledger; while paused, files are still discovered
    /// and recorded. Default: none.</summary>
    public PipelineOrders Orders { get; private set; } = PipelineOrders.None;

    /// <summary>The result of the last round.</summary>
    public RoundSummary LastRound { get; private set; }

    /// <summary>One round. Failures of the database surface as exceptions; the next round starts over.</summary>
    /// <returns>How long to wait for the next round, unless a hint or a wake-up comes first.</returns>
    public async Task<TimeSpan> RunRoundAsync(CancellationToken cancellationToken)
    {
        if (_isUnknown)
        {
            // An operator may have removed the pipeline while its coordinator was silent: restore it.
            await _files.NotePipelineAsync(_options.Name, PipelineJson.Write(_options), cancellationToken);
            _isUnknown = false;
        }

        // One question in place of a statement for each of these, none of which finds anything in most rounds.
        var lists = _listedAt == 0 || _time.GetElapsedTime(_listedAt) >= _discovery.NextListing(_options.ListingInterval);
        var needs = await _polls.AskAsync(_options.Name, _self, _canDeclareDead(), lists, cancellationToken);
        if (needs.HasDeadNodes)
        {
            foreach (var (node, reason) in await _nodes.ReapNodesAsync(_self, _canDeclareDead(), cancellationToken))
                EngineLog.NodeDied(_logger, node.Value, reason);
        }

        if (needs.HasDeadNodes || needs.HasOrphans)
        {
            foreach (var freed in (await _nodes.FreeFilesAsync(cancellationToken)).GroupBy(f => f.Owner))
                EngineLog.FilesFreed(_logger, freed.Key.Value, freed.Count());
        }

        var seen = await DiscoverAsync(lists, needs.HasUnsettled, cancellationToken);
        await ReportAsync(cancellationToken);
        if (needs.Orders is { } orders) (Orders, _hasRivals) = (orders, needs.HasRivals);
        else _isUnknown = true;
        var mayFind = needs.HasDue || needs.HasDeadNodes || needs.HasOrphans || seen.Ready.Count > 0;
        var claimed = Orders.Paused || !mayFind || !await MayClaimAsync(cancellationToken) ? 0
            : await _assignment.RunAsync(Orders, _hasRivals, IsForItself, cancellationToken);
        await CompareAsync(cancellationToken);
        LastRound = new RoundSummary(seen.Waiting.Count + (_replacements.IsIdle ? 0 : 1), claimed);
        var next = _discovery.NextListing(_options.ListingInterval) - _time.GetElapsedTime(_listedAt);
        if (next > LongestPause) next = LongestPause; // dead nodes and due retries are checked too
        if (seen.NextCheck is { } check && check < next) next = check;
        if (!_replacements.IsIdle && ComparesEvery < next) next = ComparesEvery;
        return next < TimeSpan.Zero ? TimeSpan.Zero : next;
    }

    /// <summary>Waits for the next round: until a change in a directory, a <see cref="Wake"/>, or the time.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) =>
        _discovery.WaitForHintAsync(longest, cancellationToken);

    /// <summary>Starts the next round at once, because a file is finished, a node has room, or an operator gave an
    /// order. May be called from anywhere.</summary>
    public void Wake() => _discovery.Wake();

    /// <summary>Stops watching directories.</summary>
    public void Dispose()
    {
        _discovery.Dispose();
        _replacements.Dispose();
    }

    /// <summary>Lists the directories when it is time, otherwise examines only hinted files, and records what is new.</summary>
    /// <param name="lists">Whether it is time.</param>
    /// <param name="hasUnsettled">Whether the ledger has files that may be overdue.</param>
    /// <param name="cancellationToken">Cancels.</param>
    async Task<Discovered> DiscoverAsync(bool lists, bool hasUnsettled, CancellationToken cancellationToken)
    {
        if (!_remembered)
        {
            var found = await Task.Run(_discovery.Survey, cancellationToken);
            _discovery.Remember(await _files.KnownFilesAsync(_options.Name, found, cancellationToken));
            _remembered = true;
        }

        Discovered seen;
        if (lists)
        {
            // A listing of a large directory, or of a share that hangs, must not block the caller's thread.
            var began = _time.GetTimestamp();
            seen = await Task.Run(_discovery.Scan, cancellationToken);
            _listedAt = _time.GetTimestamp();
            _listing.Add(_time.GetElapsedTime(began, _listedAt));
        }
        else
        {
            seen = _discovery.Poll();
        }

        _replacements.Add(seen.Suspects);
        foreach (var problem in seen.NewProblems) EngineLog.ListingProblem(_logger, _options.Name, problem.Path, problem.Detail);
        foreach (var passed in seen.Excluded) EngineLog.FileExcluded(_logger, _options.Name, passed.File.Path, passed.Text);
        try
        {
            foreach (var group in seen.Excluded.GroupBy(p => p.Text))
                await _files.NoteFilesAsync(_options.Name, [.. group.Select(p => p.File)], "ignored", group.Key,
                    cancellationToken);
            SeenFile[] settling = [.. seen.New.Concat(seen.Changed).Except(seen.Ready)];
            var reasons = seen.Waiting.ToDictionary(w => w.File.Path, w => w.Text);
            foreach (var group in settling.GroupBy(file => reasons.GetValueOrDefault(file.Path, WaitingFile.SettlingText)))
                await _files.NoteFilesAsync(_options.Name, [.. group], "discovered", group.Key, cancellationToken);
            await _files.NoteFilesAsync(_options.Name, seen.Ready, "ready", null, cancellationToken);
            if (seen.IsFull && hasUnsettled)
                _discovery.Forget(await _files.OverdueAsync(_options.Name, [.. seen.Waiting.Select(w => w.File.Path)],
                    cancellationToken));
            await _files.NoteVanishedAsync(_options.Name, [.. seen.Vanished.Select(f => f.Path)], cancellationToken);
        }
        catch
        {
            // Each state is reported once: a report that could not be recorded must be repeated.
            _discovery.Requeue(seen);
            _listedAt = 0;
            _isUnknown = true; // perhaps; recording it again does no harm
            throw;
        }

        return seen;
    }

    /// <summary>Finds files that were replaced by others of the same size and mtime.</summary>
    async Task CompareAsync(CancellationToken cancellationToken)
    {
        if (_replacements.IsIdle || (_comparedAt != 0 && _time.GetElapsedTime(_comparedAt) < ComparesEvery)) return;
        var replaced = await _replacements.WorkAsync(ComparesFor, cancellationToken);
        _comparedAt = _time.GetTimestamp();
        if (replaced == 0) return;
        EngineLog.FilesReplaced(_logger, _options.Name, replaced);
        Wake();
    }

    /// <summary>Records in the ledger that the pipeline has a coordinator.</summary>
    async Task ReportAsync(CancellationToken cancellationToken)
    {
        if (_reportedAt != 0 && _time.GetElapsedTime(_reportedAt) < ReportEvery) return;
        _reportedAt = _time.GetTimestamp();
        await _pipelines.CoordinateAsync(_options.Name, _self, _listing.Take(), _assignment.Times.Take(), cancellationToken);
    }
}
