using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>What discovery has to say, told from the true states of the files and nothing else. It knows when each file really
/// changed, which discovery cannot.</summary>
sealed class DiscoveryModel(DiscoveryOptions options, Func<string, bool> isData, TimeProvider time)
{
    readonly Dictionary<string, SeenFile> _truth = [];
    readonly Dictionary<string, DateTimeOffset> _changedAt = [];
    readonly Dictionary<string, SeenFile> _observed = [];
    readonly Dictionary<string, SeenFile> _pending = [];
    readonly Dictionary<string, SeenFile> _lastReady = [];
    readonly HashSet<string> _reportedAsExcluded = [];

    /// <summary>Takes the true states after an action.</summary>
    public void Update(IReadOnlyDictionary<string, SeenFile> truth)
    {
        foreach (var (path, file) in truth)
        {
            if (!_truth.TryGetValue(path, out var before) || before != file)
                _changedAt[path] = time.GetUtcNow();
        }

        _truth.Clear();
        foreach (var (path, file) in truth)
            _truth.Add(path, file);
    }

    /// <summary>Holds a look against the truth.</summary>
    public void Check(Discovered found)
    {
        List<SeenFile> added = [], changed = [], suspects = [], vanished = [];
        foreach (var path in _truth.Keys.Union(_observed.Keys).Where(isData).ToList())
        {
            if (!found.IsFull && !_pending.ContainsKey(path))
                continue;
            var isThere = _truth.TryGetValue(path, out var now);
            var wasThere = _observed.TryGetValue(path, out var before);
            if (isThere && !wasThere)
                added.Add(now);
            else if (!isThere && wasThere)
                vanished.Add(before);
            else if (now != before && isThere)
                (now.IsSameVersionAs(before) && !_pending.ContainsKey(path) ? suspects : changed).Add(now);
        }

        Paths(found.New).ShouldBe(Paths(added), "new");
        Paths(found.Changed).ShouldBe(Paths(changed), "changed");
        Paths(found.Suspects).ShouldBe(Paths(suspects), "suspects");
        Paths(found.Vanished.Where(file => isData(file.Path))).ShouldBe(Paths(vanished), "vanished");
        foreach (var file in vanished)
        {
            _observed.Remove(file.Path);
            _pending.Remove(file.Path);
        }

        foreach (var file in added.Concat(changed))
            _observed[file.Path] = _pending[file.Path] = file;
        foreach (var file in suspects)
        {
            _observed[file.Path] = file;
            // What was ready stays so: whoever loaded it compares the content.
            if (_lastReady.ContainsKey(file.Path))
                _lastReady[file.Path] = file;
        }

        foreach (var file in found.Ready)
            CheckReady(file);
        Paths(found.Waiting.Select(waiting => waiting.File)).ShouldBe(Paths(_pending.Values), "waiting");
        foreach (var file in found.Excluded)
            _reportedAsExcluded.Add(file.File.Path).ShouldBeTrue($"{file.File.Path} is told as ignored twice");
        _reportedAsExcluded.ExceptWith(found.Vanished.Select(file => file.Path));
    }

    /// <summary>Holds the end, when all files rest, against the truth: nothing is missed.</summary>
    public void CheckAtRest()
    {
        foreach (var (path, file) in _truth)
        {
            if (!isData(path))
                IsToldOrSentinel(path).ShouldBeTrue($"{path} is passed over in silence");
            else if (options.SentinelSuffix is not { } suffix || _truth.ContainsKey(path + suffix))
                _lastReady.GetValueOrDefault(path).ShouldBe(file, $"{path} was never ready as it is now");
            else
                (_pending.ContainsKey(path) || _lastReady.GetValueOrDefault(path) == file).ShouldBeTrue(
                    $"{path} has no sentinel and is lost");
        }
    }

    bool IsToldOrSentinel(string path) =>
        _reportedAsExcluded.Contains(path)
            || (options.SentinelSuffix is { } suffix && path.EndsWith(suffix, StringComparison.Ordinal));

    void CheckReady(SeenFile file)
    {
        _pending.Remove(file.Path, out var expected).ShouldBeTrue($"{file} is ready twice, or was never found");
        file.ShouldBe(expected);
        file.ShouldBe(_truth[file.Path], "ready in a state that is over");
        _lastReady[file.Path] = file;
        if (options.SentinelSuffix is { } suffix)
        {
            _truth.ShouldContainKey(file.Path + suffix, "ready without its sentinel");
            return;
        }

        var rested = time.GetUtcNow() - _changedAt[file.Path];
        var age = time.GetUtcNow() - DateTimeOffset.UnixEpoch - TimeSpan.FromTicks(file.ModifiedNanoseconds / 100);
        (rested >= options.SettleTime || age >= options.SettleTime).ShouldBeTrue(
            $"{file.Path} is ready {rested.TotalMilliseconds} ms after it changed, with an mtime {age.TotalMilliseconds} ms old");
    }

    static List<string> Paths(IEnumerable<SeenFile> files) =>
        [.. files.Select(file => file.ToString()).Order(StringComparer.Ordinal)];
}
