namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Finds the files of one pipeline: lists, settles, and is woken by change events. The caller keeps the ledger and calls
/// it regularly:
/// <code>
/// discovery.Remember(files of the ledger that are ready or beyond, among those that discovery.Survey() found);
/// loop:
///     found = a listing is due ? discovery.Scan() : discovery.Poll();
///     write down found.New, Changed, Ready, Vanished, Excluded; compare found.Suspects by content; log found.NewProblems
///     await discovery.WaitForHintAsync(min(found.NextCheck, time until the next listing), …)
/// </code>
/// where the next listing is due <see cref="NextListing"/> after the last one. Not safe for concurrent use; a scan may block on
/// the file system, so it does not belong on a grain's own scheduler.</summary>
public sealed class FileDiscovery : IDisposable
{
    const int ListingShare = 30;

    readonly DiscoveryOptions _options;
    readonly TimeProvider _time;
    readonly DirectoryLister _lister;
    readonly SettleGate _gate;
    readonly ChangeHint _hint;
    readonly ExclusionReports _excluded;
    HashSet<DiscoveryProblem> _problems = [];
    TimeSpan _passBefore;
    int _passes;
    bool _isSurveyed;

    /// <summary>Creates it without any access to the file system.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public FileDiscovery(DiscoveryOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _lister = new(options, time);
        _gate = new(options, time);
        _hint = new(options.Recursive);
        _excluded = new(options.ExclusionDelay, time);
        (_options, _time) = (options, time);
    }

    /// <summary>How long the last full listing took.</summary>
    public TimeSpan LastPass { get; private set; }

    /// <summary>Marks files as known, so that only their changes are reported: after a restart, those of the ledger that are
    /// ready or later. Omit those that must be reported again: still settling, vanished before they were loaded, or ignored (the
    /// patterns may have changed since).</summary>
    public void Remember(IEnumerable<SeenFile> known) => _lister.Remember(known);

    /// <summary>The first half of the first <see cref="Scan"/>, see <see cref="DirectoryLister.Survey"/>: <see cref="Remember"/>
    /// may follow it, and then needs only files that were found, and those that wait.</summary>
    /// <returns>The paths that were found; null if there may be others.</returns>
    public IReadOnlyList<string>? Survey()
    {
        _hint.TakePaths();
        var found = _lister.Survey();
        _isSurveyed = true;
        WatchRoots();
        return found;
    }

    /// <summary>Requeues a report that could not be recorded: the next full listing reports the current state again. Changed
    /// files are reported as new.</summary>
    public void Requeue(Discovered news)
    {
        ArgumentNullException.ThrowIfNull(news);
        Forget([.. news.New.Concat(news.Changed).Concat(news.Ready).Concat(news.Excluded.Select(ignored => ignored.File))
            .Select(file => file.Path)]);
        _lister.Remember(news.Vanished);
    }

    /// <summary>Forgets files: if they exist, the next full listing reports them as new, and as ready when they are. For files
    /// that are to be examined again.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        var list = paths as IReadOnlyCollection<string> ?? [.. paths];
        _lister.Forget(list);
        _gate.Forget(list);
        _excluded.Forget(list);
    }

    /// <summary>A full, authoritative listing. Never fails; problems are in <see cref="Discovered.Problems"/>.</summary>
    public Discovered Scan()
    {
        // A change during the listing, in a part that was already listed, must raise a hint again.
        if (!_isSurveyed)
            _hint.TakePaths();
        _isSurveyed = false;
        var listing = _lister.List();
        _passBefore = _passes++ == 0 ? listing.Duration : LastPass;
        LastPass = listing.Duration;
        WatchRoots();
        return Compose(listing);
    }

    /// <summary>Examines only hinted and waiting files: its cost does not depend on the number of known files.
    /// For the time between two listings.</summary>
    public Discovered Poll()
    {
        var paths = _hint.TakePaths();
        if (_gate.Waiting.Count == 0)
            return Compose(_lister.ListOnly(paths));
        var all = new HashSet<string>(paths, StringComparer.Ordinal);
        foreach (var waiting in _gate.Waiting)
        {
            all.Add(waiting.File.Path);
            if (_options.SentinelSuffix is not null)
                all.Add(waiting.File.Path + _options.SentinelSuffix);
        }

        return Compose(_lister.ListOnly(all));
    }

    /// <summary>How long after a listing the next is due, so that listing takes no more than about 3 % of a core's time: the
    /// interval requested, or 30 times the duration of a listing, whichever is longer. The faster of the last two counts: the
    /// first listing of a directory, with everything new and nothing cached, says little about the next.</summary>
    public TimeSpan NextListing(TimeSpan configured)
    {
        if (_passes < 2)
            return configured;
        var needed = (LastPass < _passBefore ? LastPass : _passBefore) * ListingShare;
        return needed > configured ? needed : configured;
    }

    /// <summary>Waits for a hint, or until <paramref name="max"/> has passed.</summary>
    /// <returns>True if there was a hint.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Task<bool> WaitForHintAsync(TimeSpan max, CancellationToken cancellationToken) =>
        _hint.WaitAsync(max, _time, cancellationToken);

    /// <summary>Ends the wait in progress, or else the next one. May be called from anywhere.</summary>
    public void Wake() => _hint.Wake();

    /// <summary>Stops watching.</summary>
    public void Dispose() => _hint.Dispose();

    static IReadOnlyList<SeenFile> WithoutReportedOtherwise(
        IEnumerable<SeenFile> vanished, IReadOnlyList<SeenFile> added, IReadOnlyList<ExcludedFile> ignored)
    {
        SeenFile[] all = [.. vanished];
        if (all.Length == 0 || added.Count + ignored.Count == 0)
            return all;
        var told = added.Concat(ignored.Select(passed => passed.File)).Select(file => file.Path)
            .ToHashSet(StringComparer.Ordinal);
        return Array.FindAll(all, file => !told.Contains(file.Path));
    }

    /// <summary>A waiting file settles again after any change.</summary>
    Listing WithoutSuspectsThatWait(Listing listing)
    {
        if (listing.Suspects.Count == 0)
            return listing;
        var waiting = listing.Suspects.ToLookup(file => _gate.IsWaiting(file.Path));
        return listing with
        {
            Changed = [.. listing.Changed.Concat(waiting[true]).Order(FileOrder.Instance)],
            Suspects = [.. waiting[false]]
        };
    }

    void WatchRoots()
    {
        if (_options.UseHints)
            _hint.WatchRoots(_lister.Roots);
    }

    Discovered Compose(Listing listing)
    {
        listing = WithoutSuspectsThatWait(listing);
        var ready = _gate.Observe(listing);
        var ignored = _excluded.Observe(listing, out var gone);
        IReadOnlyList<DiscoveryProblem> problems = [.. listing.Problems, .. _hint.Problems];
        IReadOnlyList<DiscoveryProblem> fresh = [.. problems.Where(problem => !_problems.Contains(problem))];
        _problems = [.. problems];
        return new()
        {
            New = listing.New,
            Changed = listing.Changed,
            Suspects = listing.Suspects,
            Ready = ready,
            Vanished = WithoutReportedOtherwise(listing.Vanished.Concat(gone), listing.New, ignored),
            Excluded = ignored,
            Waiting = _gate.Waiting,
            Problems = problems,
            NewProblems = fresh,
            NextCheck = _gate.NextCheck,
            IsFull = listing.IsFull,
            KnownFiles = listing.KnownFiles,
            Duration = listing.Duration,
        };
    }
}
