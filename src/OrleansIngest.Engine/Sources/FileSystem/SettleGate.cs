namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Decides when a file is complete. Pure: uses only listings and the clock. Not safe for concurrent use.
/// <para>A file is ready when its size and mtime were the same over the settle time while being watched, or when it was seen with
/// an mtime that is older than that. The second condition requires a reliable clock: it allows for file systems with coarse times
/// (2 s) and with another machine's clock (1 minute), and an mtime in the future proves nothing. With a sentinel configured, the
/// file is ready when that exists; if the file was modified after the sentinel, it must also be stable for the settle
/// time.</para></summary>
public sealed class SettleGate
{
    static readonly TimeSpan ClockTick = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(2);
    static readonly TimeSpan RemoteSkew = TimeSpan.FromMinutes(1);

    // For a file that was stable for long enough, but could not be examined.
    static readonly TimeSpan RecheckDelay = TimeSpan.FromSeconds(1);

    readonly TimeSpan _settleTime;
    readonly string? _suffix;
    readonly TimeProvider _time;
    readonly Dictionary<string, Candidate> _candidates = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> _sentinels = new(StringComparer.Ordinal);
    List<WaitingFile> _waiting = [];

    /// <summary>Uses the settle time and the sentinel's suffix of <paramref name="options"/>.</summary>
    public SettleGate(DiscoveryOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_settleTime, _suffix, _time) = (options.SettleTime, options.SentinelSuffix, time);
    }

    /// <summary>The waiting files with their reasons, as of the last <see cref="Observe"/>.</summary>
    public IReadOnlyList<WaitingFile> Waiting => _waiting;

    /// <summary>Time from the last <see cref="Observe"/> until the next waiting file can become ready; null if
    /// none can without a change.</summary>
    public TimeSpan? NextCheck { get; private set; }

    /// <summary>Adds a listing and returns the files that became ready, ordered by mtime, then natural name. Each state of a
    /// file becomes ready once. A waiting file that the listing did not reach continues to wait.</summary>
    public IReadOnlyList<SeenFile> Observe(Listing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        var now = _time.GetTimestamp();
        foreach (var gone in listing.Vanished)
            _candidates.Remove(gone.Path);
        TakeSentinels(listing);
        foreach (var file in listing.New)
            _candidates[file.Path] = new(file, now);
        foreach (var file in listing.Changed)
            _candidates[file.Path] = new(file, now);

        NextCheck = null;
        if (_candidates.Count == 0)
        {
            if (_waiting.Count > 0)
                _waiting = [];
            return [];
        }

        var wall = ToNanoseconds(_time.GetUtcNow());
        var ready = new List<SeenFile>();
        _waiting = [];
        foreach (var candidate in _candidates.Values)
        {
            var rested = _time.GetElapsedTime(candidate.Since, now);
            var verdict = Judge(candidate.File, rested, wall, listing.RemoteDevices.Contains(candidate.File.Device), out var due);
            if (verdict is null && (candidate.Since == now || listing.VouchesFor(candidate.File.Path)))
            {
                ready.Add(candidate.File);
                continue;
            }

            if (verdict is null)
                due = RecheckDelay;
            _waiting.Add(new(candidate.File, verdict ?? WaitReason.Settling));
            if (due is not null && (NextCheck is null || due < NextCheck))
                NextCheck = due;
        }

        foreach (var file in ready)
            _candidates.Remove(file.Path);
        ready.Sort(FileOrder.Instance);
        _waiting.Sort(static (x, y) => FileOrder.Instance.Compare(x.File, y.File));
        return ready;
    }

    /// <summary>Whether a file is waiting.</summary>
    public bool IsWaiting(string path) => _candidates.ContainsKey(path);

    /// <summary>Forgets files.</summary>
    public void Forget(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths)
            _candidates.Remove(path);
    }

    void TakeSentinels(Listing listing)
    {
        if (_suffix is null)
            return;
        foreach (var gone in listing.SentinelsGone)
            _sentinels.Remove(gone.Path[..^_suffix.Length]);
        foreach (var sentinel in listing.Sentinels)
            _sentinels[sentinel.Path[..^_suffix.Length]] = sentinel.ModifiedNanoseconds;
    }

    /// <summary>Null if the file is complete; otherwise the reason why it waits, and when the wait can end if nothing
    /// changes.</summary>
    WaitReason? Judge(in SeenFile file, TimeSpan rested, long wall, bool isRemote, out TimeSpan? due)
    {
        due = null;
        if (_suffix is not null)
        {
            if (!_sentinels.TryGetValue(file.Path, out var sentinelModified))
                return WaitReason.AwaitingSentinel;
            if (sentinelModified >= file.ModifiedNanoseconds || rested >= _settleTime)
                return null;
            due = _settleTime - rested;
            return WaitReason.SentinelOlder;
        }

        if (rested >= _settleTime)
            return null;
        due = _settleTime - rested;
        // An age beyond the range of TimeSpan is old enough; the subtraction must not wrap.
        var age = TimeSpan.FromTicks((long)Int128.Clamp(((Int128)wall - file.ModifiedNanoseconds) / 100, long.MinValue / 4,
            long.MaxValue / 4));
        if (age < -RemoteSkew || (!isRemote && age < -ClockTick))
            return WaitReason.ModifiedInFuture;
        var slack = isRemote ? RemoteSkew : file.ModifiedNanoseconds % 1_000_000_000 == 0 ? CoarseTick : ClockTick;
        if (age >= _settleTime + slack)
            return null;
        if (_settleTime + slack - age < due)
            due = _settleTime + slack - age;
        return WaitReason.Settling;
    }

    static long ToNanoseconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * 100;

    readonly record struct Candidate(SeenFile File, long Since);
}
