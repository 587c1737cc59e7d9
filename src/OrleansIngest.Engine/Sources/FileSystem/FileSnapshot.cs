using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>All known names, and the differences found by a pass. Hot: a pass touches each entry once, and a known name in a
/// known state costs one lookup by span and no allocation.</summary>
sealed class FileSnapshot
{
    static readonly Comparer<ExcludedFile> ExcludedOrder =
        Comparer<ExcludedFile>.Create(static (x, y) => FileOrder.Instance.Compare(x.File, y.File));

    readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    readonly Dictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    List<SeenFile> _new = [];
    List<SeenFile> _changed = [];
    List<SeenFile> _suspects = [];
    List<SeenFile> _vanished = [];
    List<SeenFile> _sentinels = [];
    List<SeenFile> _sentinelsGone = [];
    List<ExcludedFile> _excluded = [];
    List<SeenFile> _noLongerExcluded = [];
    int _pass;
    int _dataFiles;

    public FileSnapshot() => _bySpan = _entries.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Begins a pass. Differences of an aborted pass that were not taken are kept.</summary>
    public void BeginPass() => _pass++;

    /// <summary>Whether a name is known, its kind, and whether this pass has already found it.</summary>
    public bool TryFind(ReadOnlySpan<char> path, out EntryKind kind, out ExclusionReason reason, out bool remembered,
        out bool metInThisPass)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_bySpan, path);
        if (Unsafe.IsNullRef(ref entry))
        {
            (kind, reason, remembered, metInThisPass) = (default, default, false, false);
            return false;
        }

        (kind, reason, remembered, metInThisPass) = (entry.Kind, entry.Reason, entry.Remembered, entry.Pass == _pass);
        return true;
    }

    /// <summary>Records that a known name still exists. Returns its path as a string.</summary>
    public string Touch(ReadOnlySpan<char> path)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_bySpan, path);
        entry.Pass = _pass;
        return entry.File.Path;
    }

    /// <summary>Whether a known data file is in this state.</summary>
    public bool IsKnownState(ReadOnlySpan<char> path, in SeenFile look)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_bySpan, path);
        return !Unsafe.IsNullRef(ref entry) && entry.Kind != EntryKind.Excluded && entry.File.IsSameStateAs(look);
    }

    /// <summary>Records a name in this pass; <paramref name="look"/> needs no path. True if it is new or changed.</summary>
    public bool Record(ReadOnlySpan<char> path, EntryKind kind, in SeenFile look, ExclusionReason reason = default,
        string? pattern = null)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_bySpan, path);
        if (Unsafe.IsNullRef(ref entry))
        {
            var key = path.ToString();
            var file = look with { Path = key };
            _entries.Add(key, new() { File = file, Pass = _pass, Kind = kind, Reason = reason });
            ReportNew(kind, file, reason, pattern);
            return true;
        }

        var wasRemembered = entry.Remembered;
        entry.Pass = _pass;
        entry.Remembered = false;
        var before = entry.File;
        entry.File = look with { Path = before.Path };
        if (entry.Kind == kind)
        {
            var same = kind == EntryKind.Excluded ? entry.Reason == reason
                : wasRemembered ? before.IsSameStateAcrossMounts(look) : before.IsSameStateAs(look);
            entry.Reason = reason;
            if (same)
                return false;
            if (kind == EntryKind.Data)
                (before.IsSameVersionAs(look) ? _suspects : _changed).Add(entry.File);
            else
                ReportNew(kind, entry.File, reason, pattern);
            return true;
        }

        var was = entry.Kind;
        (entry.Kind, entry.Reason) = (kind, reason);
        if (wasRemembered)
        {
            // The patterns have changed since it was loaded. Its state does not change.
            _dataFiles--;
            if (kind == EntryKind.Sentinel)
                ReportNew(kind, entry.File, reason, pattern);
            return false;
        }

        ReportGone(was, before);
        ReportNew(kind, entry.File, reason, pattern);
        return true;
    }

    /// <summary>Marks a file as known in this state, so that it is not reported.</summary>
    public void Remember(in SeenFile file)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, file.Path, out var exists);
        if (!exists || entry.Kind != EntryKind.Data)
            _dataFiles++;
        entry = new() { File = file, Kind = EntryKind.Data, Remembered = true };
    }

    /// <summary>Forgets a name, so that it is reported when it is found. It is not reported as gone.</summary>
    public void Forget(string path)
    {
        if (_entries.Remove(path, out var entry) && entry.Kind == EntryKind.Data)
            _dataFiles--;
    }

    /// <summary>Treats files as known before this pass began, which may already have met them; no results of the pass may have
    /// been taken yet.</summary>
    public void Recognize(IEnumerable<SeenFile> known)
    {
        var met = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var file in known)
        {
            if (_entries.TryGetValue(file.Path, out var entry) && entry.Pass == _pass)
                met.TryAdd(file.Path, entry);
            Remember(file);
        }

        foreach (var news in new[] { _new, _changed, _suspects, _sentinels })
            news.RemoveAll(file => met.ContainsKey(file.Path));
        _excluded.RemoveAll(excluded => met.ContainsKey(excluded.File.Path));
        foreach (var (path, entry) in met)
            Record(path, entry.Kind, entry.File, entry.Reason);
    }

    /// <summary>The names that this pass has met.</summary>
    public List<string> Met() => Where(isMet: true);

    /// <summary>The known names that this pass has not found.</summary>
    public List<string> Unmet() => Where(isMet: false);

    List<string> Where(bool isMet)
    {
        var found = new List<string>();
        foreach (var (path, entry) in _entries)
        {
            if (entry.Pass == _pass == isMet)
                found.Add(path);
        }

        return found;
    }

    /// <summary>Records that a known name is gone.</summary>
    public void RecordGone(string path)
    {
        if (_entries.Remove(path, out var entry))
            ReportGone(entry.Kind, entry.File);
    }

    /// <summary>The differences since the last call.</summary>
    public Listing Take()
    {
        return new Listing
        {
            New = Sorted(ref _new),
            Changed = Sorted(ref _changed),
            Suspects = Sorted(ref _suspects),
            Vanished = Sorted(ref _vanished),
            Sentinels = Sorted(ref _sentinels),
            SentinelsGone = Sorted(ref _sentinelsGone),
            Excluded = Sorted(ref _excluded, ExcludedOrder),
            NoLongerExcluded = Sorted(ref _noLongerExcluded),
            KnownFiles = _dataFiles,
        };
    }

    static IReadOnlyList<SeenFile> Sorted(ref List<SeenFile> found) => Sorted(ref found, FileOrder.Instance);

    static IReadOnlyList<T> Sorted<T>(ref List<T> found, IComparer<T> order)
    {
        if (found.Count == 0)
            return [];
        var taken = found;
        found = [];
        taken.Sort(order);
        return taken;
    }

    void ReportNew(EntryKind kind, in SeenFile file, ExclusionReason reason, string? pattern)
    {
        switch (kind)
        {
            case EntryKind.Data:
                _dataFiles++;
                _new.Add(file);
                break;
            case EntryKind.Sentinel:
                _sentinels.Add(file);
                break;
            default:
                _excluded.Add(new(file, reason, pattern));
                break;
        }
    }

    void ReportGone(EntryKind kind, in SeenFile file)
    {
        switch (kind)
        {
            case EntryKind.Data:
                _dataFiles--;
                _vanished.Add(file);
                break;
            case EntryKind.Sentinel:
                _sentinelsGone.Add(file);
                break;
            default:
                _noLongerExcluded.Add(file);
                break;
        }
    }

    struct Entry
    {
        public SeenFile File;
        public int Pass;
        public EntryKind Kind;
        public ExclusionReason Reason;
        public bool Remembered;
    }
}
