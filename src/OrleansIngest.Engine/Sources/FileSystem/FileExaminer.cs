using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Examines names one by one and records their kind in the snapshot. Hot: a known name allocates nothing.</summary>
sealed class FileExaminer(DiscoveryOptions options, FileSnapshot snapshot)
{
    const char NotUtf8 = '\uFFFD';
    readonly FileNameFilter _filter = new(options);
    readonly Stack<SearchedDirectory> _pending = new();
    readonly HashSet<ulong> _remoteDevices = [];
    readonly List<string> _realRoots = [];
    IReadOnlyList<string> _roots = [];
    readonly byte[] _bytes = new byte[LinuxFiles.MaxPathBytes];
    char[] _path = new char[512];

    /// <summary>Directories found that must be searched.</summary>
    public Stack<SearchedDirectory> Pending => _pending;

    /// <summary>Devices whose mtimes may come from another machine's clock.</summary>
    public IReadOnlySet<ulong> RemoteDevices => _remoteDevices;

    /// <summary>Receives the problems of this pass, at most one for each directory.</summary>
    public List<DiscoveryProblem> Problems { get; } = [];

    /// <summary>Begins a pass.</summary>
    /// <param name="roots">The directories that links may lead into.</param>
    public void BeginPass(IReadOnlyList<string> roots)
    {
        _roots = roots;
        _realRoots.Clear();
        Problems.Clear();
        if (NotSeen.Count > 0)
            NotSeen = new(StringComparer.Ordinal);
        _pending.Clear();
    }

    /// <summary>The known files of this pass that may exist, but could not be examined.</summary>
    public HashSet<string> NotSeen { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Examines one name of a directory.</summary>
    public void Examine(SearchedDirectory directory, ReadOnlySpan<char> name, bool maybeDirectory)
    {
        var path = Join(directory.Prefix, name);
        if (maybeDirectory)
        {
            ExamineDirectory(directory, name, path);
            return;
        }

        var known = snapshot.TryFind(path, out var kind, out var reason, out var remembered, out var met);
        if (met)
            return;
        if (known && kind == EntryKind.Excluded
            && reason is ExclusionReason.NotIncluded or ExclusionReason.Excluded or ExclusionReason.NeverData)
        {
            snapshot.Touch(path);
            return;
        }

        string? pattern = null;
        if (!known || kind == EntryKind.Excluded || remembered)
        {
            if (options.SentinelSuffix is { } suffix && name.Length > suffix.Length
                && name.EndsWith(suffix, StringComparison.Ordinal))
                (kind, reason) = (EntryKind.Sentinel, ExclusionReason.None);
            else
                reason = _filter.Classify(name, path[directory.RootLength..], out pattern);
            if (reason != ExclusionReason.None)
                kind = EntryKind.Excluded;
            else if (kind == EntryKind.Excluded)
                kind = EntryKind.Data;
        }

        var outcome = Stat(directory, name, path, follow: false, out var look);
        if (outcome == StatOutcome.Link && kind != EntryKind.Excluded)
            outcome = FollowLink(directory, name, path, ref kind, ref reason, out look);
        switch (outcome)
        {
            case StatOutcome.File or StatOutcome.Link:
                Note(directory, path, kind, look, reason, pattern);
                break;
            case StatOutcome.Special:
                Note(directory, path, EntryKind.Excluded, look,
                    reason == ExclusionReason.None ? ExclusionReason.NotAFile : reason, pattern);
                break;
            case StatOutcome.Missing when name.Contains(NotUtf8):
                Note(directory, path, EntryKind.Excluded, look, ExclusionReason.InvalidName, null);
                break;
            case StatOutcome.Directory when maybeDirectory is false:
                ExamineDirectory(directory, name, path);
                break;
            case StatOutcome.Error:
                NoteFailure(directory, path, known);
                break;
        }
    }

    void Note(SearchedDirectory directory, ReadOnlySpan<char> path, EntryKind kind, in SeenFile look, ExclusionReason reason,
        string? pattern)
    {
        var isNews = snapshot.Record(path, kind, look, reason, pattern);
        if (isNews && (directory.Traits & FileSystemTraits.RemoteClock) != 0)
            _remoteDevices.Add(look.Device);
    }

    void NoteFailure(SearchedDirectory directory, ReadOnlySpan<char> path, bool known)
    {
        if (known)
            NotSeen.Add(snapshot.Touch(path));
        if (directory.Failures++ == 0)
        {
            Problems.Add(new(
                ProblemKind.FileUnreadable,
                path.ToString(),
                $"this file, and perhaps others beside it, cannot be examined: "
                    + $"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"));
        }
    }

    void ExamineDirectory(SearchedDirectory parent, ReadOnlySpan<char> name, ReadOnlySpan<char> path)
    {
        // A link to a directory is not followed: it could lead out of the root, or form a cycle.
        if (options.Recursive
            && _filter.IsSearched(name, path[parent.RootLength..])
            && Stat(parent, name, path, follow: false, out _) == StatOutcome.Directory)
            _pending.Push(new(path.ToString(), parent.RootLength, IsRoot: false));
    }

    /// <summary>Follows a link only to a regular file in one of the roots.</summary>
    StatOutcome FollowLink(
        SearchedDirectory directory, ReadOnlySpan<char> name, ReadOnlySpan<char> path, ref EntryKind kind,
        ref ExclusionReason reason, out SeenFile look)
    {
        var outcome = Stat(directory, name, path, follow: true, out look);
        if (outcome == StatOutcome.Error)
            return outcome;
        // The same inode as before is the same file as before: it was inside then.
        if (outcome == StatOutcome.File && look.Inode != 0 && snapshot.IsKnownState(path, look))
            return outcome;
        if (outcome != StatOutcome.File)
            (kind, reason) = (EntryKind.Excluded, ExclusionReason.LinkToNoFile);
        else if (!LeadsInside(path))
            (kind, reason) = (EntryKind.Excluded, ExclusionReason.LinkLeadsOutside);
        return StatOutcome.Link;
    }

    bool LeadsInside(ReadOnlySpan<char> path)
    {
        if (!OperatingSystem.IsLinux() || LinuxFiles.RealPath(path) is not { } real)
            return false;
        if (_realRoots.Count == 0)
            _realRoots.AddRange(_roots.Select(root => LinuxFiles.RealPath(root)).OfType<string>());
        return _realRoots.Exists(root => DirectoryPath.IsSameOrBelow(real, root));
    }

    StatOutcome Stat(SearchedDirectory directory, ReadOnlySpan<char> name, ReadOnlySpan<char> path, bool follow,
        out SeenFile look)
    {
        if (!OperatingSystem.IsLinux())
            return FileStat.StatPortable(path.ToString(), out look);

        look = default;
        // A buffer on the stack would be cleared for every file.
        var bytes = _bytes.AsSpan();
        RawStat raw;
        StatOutcome outcome;
        if (directory.Descriptor >= 0 && LinuxFiles.TryEncode(name, bytes, out var length))
            outcome = LinuxFiles.Stat(directory.Descriptor, bytes[..length], follow, out raw);
        else if (LinuxFiles.TryEncode(path, bytes, out length))
            outcome = LinuxFiles.Stat(bytes[..length], follow, out raw);
        else
            return StatOutcome.Error;
        if (outcome is StatOutcome.Missing or StatOutcome.Error)
            return outcome;
        look = FileStat.ToSeenFile("", raw);
        if ((directory.Traits & FileSystemTraits.PassingInodes) != 0)
            look = look with { Inode = 0, ChangedNanoseconds = 0 };
        return outcome;
    }

    ReadOnlySpan<char> Join(string prefix, ReadOnlySpan<char> name)
    {
        var length = prefix.Length + name.Length;
        if (length > _path.Length)
            _path = new char[length * 2];
        prefix.CopyTo(_path);
        name.CopyTo(_path.AsSpan(prefix.Length));
        return _path.AsSpan(0, length);
    }
}
