namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Reports early that something has changed under a root, from the file system's change events. Only a hint: events get
/// lost (on network shares, in full buffers, at the limits of inotify), and then the regular listing finds the change.
/// <para>Names that appear, disappear or are renamed are events; writes into an existing file are not, because a producer that
/// writes a large file would raise tens of thousands. <see cref="WaitAsync"/> is for one caller at a time; everything else is
/// safe for concurrent use.</para></summary>
public sealed class ChangeHint : IDisposable
{
    /// <summary>Maximum number of changed paths between two polls; more wait for the regular listing.</summary>
    public const int MaxPaths = 10_000;

    readonly Lock _lock = new();
    readonly bool _recursive;
    readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    HashSet<string> _paths = new(StringComparer.Ordinal);
    TaskCompletionSource<bool>? _waiter;
    bool _isSet;
    bool _isDisposed;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="recursive">Whether directories below the roots are watched as well.</param>
    public ChangeHint(bool recursive) => _recursive = recursive;

    /// <summary>The roots that currently cannot be watched, with reasons.</summary>
    public IReadOnlyList<DiscoveryProblem> Problems
    {
        get
        {
            lock (_lock)
                return [.. _watches.Values.Select(watch => watch.Problem).OfType<DiscoveryProblem>()];
        }
    }

    /// <summary>Watches these roots and no others. A root that was deleted and recreated is watched again, one that could not be
    /// watched is retried. Call it after every full listing; it costs nothing if nothing has changed.</summary>
    public void WatchRoots(IReadOnlyList<WatchedDirectory> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        List<Watch>? old = null;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            foreach (var watch in _watches.Values)
            {
                if (watch.Watcher is null || !roots.Contains(watch.Root))
                    (old ??= []).Add(watch);
            }

            foreach (var watch in old ?? [])
                _watches.Remove(watch.Root.Path);
            foreach (var root in roots)
            {
                if (!_watches.ContainsKey(root.Path))
                    _watches.Add(root.Path, Start(root));
            }
        }

        // Outside of the lock: the watcher may be about to call back.
        foreach (var watch in old ?? [])
            watch.Watcher?.Dispose();
    }

    /// <summary>Waits for a hint, or until <paramref name="max"/> has passed. Hints given since the last wait count.</summary>
    /// <returns>True when there was a hint, false when the time has passed.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<bool> WaitAsync(TimeSpan max, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<bool> waiter;
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return true;
            }

            if (max <= TimeSpan.Zero)
                return false;
            waiter = _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await using var timer = time.CreateTimer(
            static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), waiter, max, Timeout.InfiniteTimeSpan);
        await using var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), waiter);
        var isHint = await waiter.Task;
        lock (_lock)
        {
            if (_waiter == waiter)
                _waiter = null;
            // A hint that came as the time passed stays set for the next wait.
            if (isHint)
                _isSet = false;
        }

        return isHint;
    }

    /// <summary>A hint without a path.</summary>
    public void Wake() => Signal();

    /// <summary>The paths of the hints since the last call.</summary>
    public IReadOnlyCollection<string> TakePaths()
    {
        lock (_lock)
        {
            if (_paths.Count == 0)
                return [];
            var taken = _paths;
            _paths = new(StringComparer.Ordinal);
            return taken;
        }
    }

    /// <summary>Stops watching. A wait in progress continues until its time has passed.</summary>
    public void Dispose()
    {
        List<Watch> old;
        lock (_lock)
        {
            _isDisposed = true;
            old = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (var watch in old)
            watch.Watcher?.Dispose();
    }

    /// <summary>Handles an error event of a root's watcher.</summary>
    internal void RaiseError(string root, Exception problem)
    {
        Watch watch;
        lock (_lock)
            watch = _watches[root];
        Fail(watch.Root, watch.Watcher!, problem);
    }

    Watch Start(WatchedDirectory root)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new(root.Path)
            {
                IncludeSubdirectories = _recursive,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName,
                InternalBufferSize = 64 * 1024,
            };
            watcher.Created += (_, change) => Signal(change.FullPath);
            watcher.Deleted += (_, change) => Signal(change.FullPath);
            watcher.Renamed += (_, change) => Signal(change.FullPath, change.OldFullPath);
            watcher.Error += (sender, failure) => Fail(root, sender, failure.GetException());
            watcher.EnableRaisingEvents = true;
            return new(root, watcher, null);
        }
        catch (Exception problem) when (problem is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return new(root, null, new(ProblemKind.NoHints, root.Path, problem.Message));
        }
    }

    void Fail(WatchedDirectory root, object sender, Exception problem)
    {
        lock (_lock)
        {
            // A full buffer loses events, but the watcher continues; after any other error it
            // is replaced at the next full listing.
            if (problem is not InternalBufferOverflowException
                && _watches.TryGetValue(root.Path, out var watch)
                && ReferenceEquals(watch.Watcher, sender))
                _watches[root.Path] = new(root, null, new(ProblemKind.NoHints, root.Path, problem.Message));
        }

        if (problem is not InternalBufferOverflowException)
            ((FileSystemWatcher)sender).Dispose();
        Signal();
    }

    void Signal(params ReadOnlySpan<string> paths)
    {
        lock (_lock)
        {
            foreach (var path in paths)
            {
                if (_paths.Count < MaxPaths)
                    _paths.Add(path);
            }

            _isSet = true;
            _waiter?.TrySetResult(true);
        }
    }

    sealed record Watch(WatchedDirectory Root, FileSystemWatcher? Watcher, DiscoveryProblem? Problem);
}
