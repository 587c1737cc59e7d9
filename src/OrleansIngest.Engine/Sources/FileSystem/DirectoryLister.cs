namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Lists directories and returns the differences from the previous listing. A full listing is authoritative; examining
/// only single files is faster. Not safe for concurrent use.
/// <para>Symbolic links to regular files inside the roots are followed (the file keeps the link's path); all other links are
/// excluded, with a reason. Links to directories are not followed, except that a root may be one. Directories below a root that
/// are not searched (<see cref="DiscoveryOptions.Recursive"/> off, excluded, hidden) are not reported:
/// they are not files.</para></summary>
public sealed class DirectoryLister
{
    readonly DiscoveryOptions _options;
    readonly TimeProvider _time;
    readonly RootDirectories[] _roots;
    readonly FileSnapshot _snapshot = new();
    readonly FileExaminer _examiner;
    readonly Dictionary<string, SearchedDirectory> _searched = new(StringComparer.Ordinal);
    readonly List<string> _unseen = [];
    readonly List<string> _found = [];
    readonly List<WatchedDirectory> _watched = [];
    DiscoveryProblem[] _problems = [];
    bool _isSurveyed;
    long _surveyTook;

    /// <summary>Knows nothing yet: the first listing reports every file as new.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DirectoryLister(DiscoveryOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _options = options;
        _time = time;
        _roots = [.. options.Roots.Select(root => new RootDirectories(root))];
        _examiner = new(options, _snapshot);
    }

    /// <summary>The roots that the last full listing found.</summary>
    public IReadOnlyList<WatchedDirectory> Roots => _watched;

    /// <summary>Marks files as known, so that only their changes are reported. For files that are ready or later: a file that was
    /// still settling must be reported again.</summary>
    public void Remember(IEnumerable<SeenFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (_isSurveyed)
        {
            _snapshot.Recognize(files);
            return;
        }

        foreach (var file in files)
            _snapshot.Remember(file);
    }

    /// <summary>Forgets files, so that the next listing reports them as new if they exist.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths)
            _snapshot.Forget(path);
    }

    /// <summary>Examines everything without reporting it: the next <see cref="List"/> reports, and does not examine again. Files
    /// that are remembered in between count as remembered before. So a caller needs to remember only files that exist, and those
    /// whose disappearance must be reported.</summary>
    /// <returns>The paths that were found; null if something could not be read, so that other files may exist.</returns>
    public IReadOnlyList<string>? Survey()
    {
        var start = _time.GetTimestamp();
        SearchAll();
        _isSurveyed = true;
        _surveyTook = _time.GetTimestamp() - start;
        return _examiner.Problems.Count == 0 ? _snapshot.Met() : null;
    }

    /// <summary>Lists everything. A directory that cannot be read is a problem of the listing, never an exception.</summary>
    public Listing List()
    {
        var start = _time.GetTimestamp();
        if (_isSurveyed)
            start -= _surveyTook;
        else
            SearchAll();
        _isSurveyed = false;
        foreach (var path in _snapshot.Unmet())
            Reconsider(path);
        _problems = [.. _examiner.Problems];
        return Take(start);
    }

    /// <summary>Examines single paths in directories that the last full listing searched; other paths wait for the next full
    /// listing. A directory among them is searched, if directories below the roots are searched at all.</summary>
    public Listing ListOnly(IReadOnlyCollection<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var start = _time.GetTimestamp();
        _snapshot.BeginPass();
        _examiner.BeginPass(_found);
        var only = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Path.GetDirectoryName(path) is { } parent && _searched.TryGetValue(parent, out var directory) && only.Add(path))
                LookAt(directory, path);
        }

        while (_examiner.Pending.TryPop(out var below))
            Search(below);
        // Problems of the last full listing persist: a partial listing cannot tell whether they are solved.
        _problems = [.. _problems.Union(_examiner.Problems)];
        return Take(start) with { IsFull = false, Only = only };
    }

    void SearchAll()
    {
        _snapshot.BeginPass();
        _searched.Clear();
        _examiner.BeginPass(_found);
        FindRoots();
        foreach (var root in _found)
            Search(new(root, DirectoryPath.WithSlash(root).Length, IsRoot: true));
    }

    Listing Take(long start) => _snapshot.Take() with
    {
        Problems = _problems,
        RemoteDevices = _examiner.RemoteDevices,
        NotSeen = _examiner.NotSeen,
        Duration = _time.GetElapsedTime(start),
    };

    void FindRoots()
    {
        _found.Clear();
        _watched.Clear();
        _unseen.Clear();
        foreach (var root in _roots)
        {
            var found = _found.Count;
            var problems = _examiner.Problems.Count;
            root.Find(_found, CannotRead);
            if (_found.Count == found && _examiner.Problems.Count == problems)
            {
                _examiner.Problems.Add(new(ProblemKind.RootMissing, root.Root, "no directory matches this pattern (yet)"));
                _unseen.Add(root.LiteralPart);
            }
        }
    }

    void Search(SearchedDirectory directory)
    {
        SearchOne(directory);
        while (_examiner.Pending.TryPop(out var below))
            SearchOne(below);
    }

    void SearchOne(SearchedDirectory directory)
    {
        // Roots may overlap.
        if (!_searched.TryAdd(directory.Path, directory) && directory.IsRoot)
            return;
        try
        {
            using var visitor = new DirectoryVisitor(directory, _examiner);
            if (OperatingSystem.IsLinux())
                Open(directory);
            _ = visitor.MoveNext();
        }
        catch (DirectoryNotFoundException) when (!directory.IsRoot)
        {
            // Deleted since its parent was listed.
            _searched.Remove(directory.Path);
        }
        catch (DirectoryNotFoundException)
        {
            _examiner.Problems.Add(new(ProblemKind.RootMissing, directory.Path, "the directory does not exist (yet)"));
            _unseen.Add(directory.Path);
            _searched.Remove(directory.Path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            CannotRead(directory.Path, problem.Message);
            _searched.Remove(directory.Path);
        }
        finally
        {
            LinuxFiles.CloseDirectory(directory.Descriptor);
            directory.Descriptor = -1;
        }
    }

    void Open(SearchedDirectory directory)
    {
        directory.Descriptor = LinuxFiles.OpenDirectory(directory.Path);
        if (directory.Descriptor < 0)
            throw new IOException($"The directory {directory.Path} cannot be opened.");
        directory.Traits = FileSystemTypes.Traits(LinuxFiles.FileSystemType(directory.Descriptor));
        if (directory.IsRoot && LinuxFiles.Stat(directory.Descriptor, "."u8, follow: true, out var stat) == StatOutcome.Directory)
            _watched.Add(new(directory.Path, stat.Device, stat.Inode));
    }

    void CannotRead(string path, string detail)
    {
        _examiner.Problems.Add(new(ProblemKind.DirectoryUnreadable, path, detail));
        _unseen.Add(path);
    }

    void LookAt(SearchedDirectory directory, string path)
    {
        _examiner.Examine(directory, Path.GetFileName(path.AsSpan()), maybeDirectory: false);
        if (!_snapshot.TryFind(path, out _, out _, out _, out var met) || met)
            return;
        // Files are not gone because their root is: it may come back.
        if (Directory.Exists(directory.Prefix[..directory.RootLength]))
            _snapshot.RecordGone(path);
        else
            _examiner.NotSeen.Add(path);
    }

    /// <summary>Decides about a known file that a full listing did not find.</summary>
    void Reconsider(string path)
    {
        var isInSearched = Path.GetDirectoryName(path) is { } parent && _searched.ContainsKey(parent);
        if (!isInSearched && _unseen.Exists(unseen => DirectoryPath.IsSameOrBelow(path, unseen)))
            _examiner.NotSeen.Add(path);
        // Remembered from other configured roots: not gone, but no longer relevant.
        else if (!Array.Exists(_roots, root => DirectoryPath.IsSameOrBelow(path, root.LiteralPart)))
            _snapshot.Forget(path);
        // Some file systems omit names while a directory changes under the reader.
        else if (FileStat.Stat(path, out _) is StatOutcome.File or StatOutcome.Error)
            _examiner.NotSeen.Add(path);
        else
            _snapshot.RecordGone(path);
    }
}
