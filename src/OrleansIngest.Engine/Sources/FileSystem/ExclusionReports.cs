namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Delays reports of excluded files, because most producers write to a temporary name
/// and rename it a moment later.</summary>
sealed class ExclusionReports(TimeSpan after, TimeProvider time)
{
    readonly Dictionary<string, (ExcludedFile File, long Since)> _held = new(StringComparer.Ordinal);
    readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Adds the changes of a listing and returns the files to report.</summary>
    /// <param name="listing">The listing.</param>
    /// <param name="gone">Files reported before that are gone, or are data now.</param>
    public IReadOnlyList<ExcludedFile> Observe(Listing listing, out IReadOnlyList<SeenFile> gone)
    {
        var now = time.GetTimestamp();
        List<SeenFile>? reportedAndGone = null;
        foreach (var file in listing.NoLongerExcluded)
        {
            _held.Remove(file.Path);
            if (_told.Remove(file.Path))
                (reportedAndGone ??= []).Add(file);
        }

        gone = reportedAndGone ?? (IReadOnlyList<SeenFile>)[];
        foreach (var file in listing.Excluded)
            _held[file.File.Path] = (file, now);
        // A poll does not examine the delayed files: they may be gone.
        if (_held.Count == 0 || !listing.IsFull)
            return [];

        var due = new List<ExcludedFile>();
        foreach (var (path, (file, since)) in _held)
        {
            if (time.GetElapsedTime(since, now) < after)
                continue;
            due.Add(file);
            _told.Add(path);
        }

        foreach (var file in due)
            _held.Remove(file.File.Path);
        return due;
    }

    /// <summary>Marks files as not reported.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            _held.Remove(path);
            _told.Remove(path);
        }
    }
}
