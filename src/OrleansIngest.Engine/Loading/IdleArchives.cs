using OrleansIngest.Engine.Codecs.Archives;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading;

/// <summary>Compressed tar archives that are open and not in use: the next file of an archive continues where the previous one
/// ended. Otherwise the archive would be decoded from its beginning for each of its files. Safe for concurrent use.</summary>
sealed class IdleArchives(TimeProvider time) : IDisposable
{
    /// <summary>Maximum number of open archives.</summary>
    const int Most = 2;

    static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    readonly List<OpenArchive> _idle = [];
    ITimer? _timer;

    /// <summary>Takes an archive that was not read beyond a file; null if there is none.</summary>
    public OpenArchive? Take(in SeenFile archive, string member)
    {
        lock (_lock)
        {
            for (var i = 0; i < _idle.Count; i++)
            {
                if (_idle[i].Path != archive.Path || !_idle[i].Tar.IsBeforeOrAt(member)) continue;
                var found = _idle[i];
                _idle.RemoveAt(i);
                if (found.File.IsStill(archive)) return found;
                found.Dispose();
                return null;
            }
        }

        return null;
    }

    /// <summary>Keeps an archive for the next file, for a moment.</summary>
    public void Keep(OpenArchive archive)
    {
        lock (_lock)
        {
            _idle.Add(archive);
            if (_idle.Count > Most)
            {
                _idle[0].Dispose();
                _idle.RemoveAt(0);
            }

            _timer ??= time.CreateTimer(_ => Dispose(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(KeptFor, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Closes all of them.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var archive in _idle) archive.Dispose();
            _idle.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }
}

/// <summary>An open tar archive, compressed or not.</summary>
/// <param name="Path">Its path.</param>
/// <param name="File">Its stored bytes; owned.</param>
/// <param name="Tar">Its content; owned.</param>
sealed record OpenArchive(string Path, FileContent File, TarArchive Tar) : IDisposable
{
    public void Dispose()
    {
        Tar.Dispose();
        File.Dispose();
    }
}
