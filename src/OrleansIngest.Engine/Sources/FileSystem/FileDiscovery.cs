namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Finds the files of one pipeline: lists, settles, and is woken by change events. The caller keeps the ledger and the rhythm:
/// <code>
/// discovery.Remember(files of the ledger that are ready or beyond, among those that discovery.Survey() found);
/// loop:
///     found = a listing is due ? discovery.Scan() : discovery.Poll();
///     write down found.New, Changed, Ready, Vanished, Excluded; compare found.Suspects by content; log found.NewProblems
///     await discovery.WaitForHintAsync(min(found.NextCheck, time until the next listing), …)
/// </code>
/// where the next listing is due <see cref="NextListing"/> after the last one. Not safe for two callers at once; a look may block on the
/// file system, so it does not belong on a grain's own scheduler.</summary>
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

    /// <summary>Looks at nothing yet.</summary>
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

    /// <summary>Takes files as known, so that only a change of them is news: after a restart, those of the ledger that are ready or
    /// beyond. Left out are those whose coming is news: still settling, vanished before they were loaded, or ignored (the patterns may
    /// have changed since).</summary>
    public void Remember(IEnumerable<SeenFile> known) => _lister.Remember(known);

    /// <summary>The first half of the first <see cref="Scan"/>, see <see cref="DirectoryLister.Survey"/>: <see cref="Remember"/> may
    /// follow it, and then has to be told only of files that were found, and of those that wait.</summary>
    /// <returns>The paths that were found; null if there may be others.</returns>
    public IReadOnlyList<string>? Survey()
    {
        _hint.TakePaths();
        var found = _lister.Survey();
        _isSurveyed = true;
        WatchRoots();
        return found;
    }

    /// <summary>Takes back news that could not be written down: the next full listing tells it again, as it is by then. Changed files are
    /// told as new.</summary>
    public void Requeue(Discovered news)
    {
        ArgumentNullException.ThrowIfNull(news);
        Forget([.. news.New.Concat(news.Changed).Concat(news.Ready).Concat(news.Excluded.Select(ignored => ignored.File)).Select(file => file.Path)]);
        _lister.Remember(news.Vanished);
    }

    /// <summary>Takes files as unknown: if they are there, the next full listing reports them as new, and ready when they are. For files
    /// that somebody wants to have looked at again.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        var list = paths as IReadOnlyCollection<string> ?? [.. paths];
        _lister.Forget(list);
        _gate.Forget(list);
        _excluded.Forget(list);
    }

    /// <summary>A full listing: the truth. Never fails; what is in its way is in <see cref="Discovered.Problems"/>.</summary>
    public Discovered Scan()
    {
        // Changes that happen during the listing, in a part of it that is over, have to be hinted at again.
        if (!_isSurveyed)
            _hint.TakePaths();
        _isSurveyed = false;
        var listing = _lister.List();
        _passBefore = _passes++ == 0 ? listing.Duration : LastPass;
        LastPass = listing.Duration;
        WatchRoots();
        return Compose(listing);
    }

    /// <summary>A look at those files only that the hints were about and that wait: its cost does not depend on how many files are known.
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

    /// <summary>How long after a listing the next is due, so that listing takes no more than about 3 % of a core's time: the interval
    /// asked for, or 30 times what a listing takes, whichever is longer. The quicker one of the last two counts: the first listing of a
    /// directory, with everything new and nothing cached, says little about the next.</summary>
    public TimeSpan NextListing(TimeSpan configured)
    {
        if (_passes < 2)
            return configured;
        var needed = (LastPass < _passBefore ? LastPass : _passBefore) * ListingShare;
        return needed > configured ? needed : configured;
    }

    /// <summary>Waits until something seems to have happened, or until <paramref name="max"/> has passed.</summary>
    /// <returns>True when something seems to have happened.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Task<bool> WaitForHintAsync(TimeSpan max, CancellationToken cancellationToken) => _hint.WaitAsync(max, _time, cancellationToken);

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
        var told = added.Concat(ignored.Select(passed => passed.File)).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return Array.FindAll(all, file => !told.Contains(file.Path));
    }

    /// <summary>A file that waits settles anew, whatever changed of it.</summary>
    Listing WithoutSuspectsThatWait(Listing listing)
    {
        if (listing.Suspects.Count == 0)
            return listing;
        var waiting = listing.Suspects.ToLookup(file => _gate.IsWaiting(file.Path));
        return listing with { Changed = [.. listing.Changed.Concat(waiting[true]).Order(FileOrder.Instance)], Suspects = [.. waiting[false]] };
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
