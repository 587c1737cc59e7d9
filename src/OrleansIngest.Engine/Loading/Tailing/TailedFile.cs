using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>An observation of a followed file.</summary>
/// <param name="Seen">Size and mtime of the open file.</param>
/// <param name="IsCut">Whether the file was truncated or overwritten, so that committed bytes are lost.</param>
/// <param name="IsAway">Whether the file was renamed or deleted: another file, or none, is at its path.</param>
readonly record struct TailObservation(SeenFile Seen, bool IsCut, bool IsAway);

/// <summary>A followed file: it stays open when it is renamed or deleted.</summary>
sealed class TailedFile : IStoredInput
{
    /// <summary>Number of committed bytes that each check compares: they differ if the file was truncated and has grown to its
    /// old size between two checks.</summary>
    const int MarkBytes = 256;

    readonly FileContent _file;
    readonly GrowingContent _complete;
    readonly byte[] _mark = new byte[MarkBytes];
    readonly byte[] _now = new byte[MarkBytes];
    long _markEnd;
    int _markLength;

    TailedFile(FileContent file, string path, string openedAs, SeenFile seen) =>
        (_file, Path, OpenedAs, Opened, _complete) = (file, path, openedAs, seen, new GrowingContent(file));

    /// <summary>The path under which discovery knows it.</summary>
    public string Path { get; }

    /// <summary>The path under which it was opened: <see cref="Path"/>, unless it was renamed before.</summary>
    public string OpenedAs { get; }

    /// <summary>The file as it was when it was opened.</summary>
    public SeenFile Opened { get; }

    /// <summary>All of its bytes.</summary>
    public ByteContent All => _file;

    /// <summary>Number of bytes that are complete records.</summary>
    public long End
    {
        get => _complete.End;
        set => _complete.End = value;
    }

    /// <summary>The complete records.</summary>
    public ByteContent Content => _complete;

    public bool IsMember => false;

    public ByteContent Decode(ByteContent stored, DecodeLimits limits) => stored;

    public bool IsStill(in SeenFile seen) => true; // TailedFile.Observe decides

    public void Dispose() => _file.Dispose();

    /// <summary>Opens the file of a claim at its path.</summary>
    /// <param name="known">The file as discovery saw it.</param>
    /// <returns>Null if another file, or none, is there.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public static TailedFile? OpenHere(in SeenFile known) => Open(known.Path, known);

    /// <summary>Opens the file of a claim if it was renamed within its directory.</summary>
    /// <param name="known">The file as discovery saw it, with its ctime (see <see cref="FileStat.IsSameFile"/>).</param>
    /// <returns>Null if it is not there.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public static TailedFile? OpenRenamed(in SeenFile known) => RenamedTo(known) is { } name ? Open(name, known) : null;

    /// <summary>The current path of a file that was renamed within its directory; null for none.</summary>
    /// <param name="known">The file as seen under its old name, with its ctime.</param>
    public static string? RenamedTo(in SeenFile known)
    {
        if (known.Inode == 0) return null;
        try
        {
            foreach (var path in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(known.Path)!))
            {
                if (path != known.Path && FileStat.IsSameFile(path, known)) return path;
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The directory is gone.
        }

        return null;
    }

    /// <summary>Opens whatever file is at the path of a claim.</summary>
    public static TailedFile? Open(string path)
    {
        return Open(path, null);
    }

    static TailedFile? Open(string path, SeenFile? known)
    {
        FileContent file;
        try
        {
            file = new FileContent(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (file.TryStat(out var seen)
            && (known is not { } k || k.Inode == 0 || (seen.Device, seen.Inode) == (k.Device, k.Inode)))
            return new TailedFile(file, known?.Path ?? path, path, seen);
        file.Dispose();
        return null;
    }

    /// <summary>Observes the file.</summary>
    public TailObservation Observe()
    {
        if (!_file.TryStat(out var seen)) throw new IOException($"{Path} can no longer be examined");
        var isAway = !FileStat.TryStat(Path, out var there) || (there.Device, there.Inode) != (seen.Device, seen.Inode);
        return new TailObservation(seen with { Path = Path }, !IsIntact(seen.Size), isAway);
    }

    /// <summary>Remembers the last bytes before a position up to which the file is, or will be, committed.</summary>
    public void Mark(long end)
    {
        _markLength = (int)Math.Min(MarkBytes, end);
        _markEnd = end;
        if (Fill(_mark) < _markLength) _markLength = 0;
    }

    /// <summary>Whether the remembered bytes are unchanged.</summary>
    public bool IsIntact() => _file.TryStat(out var seen) && IsIntact(seen.Size);

    bool IsIntact(long size)
    {
        if (size < Math.Max(_markEnd, End)) return false;
        return _markLength == 0
            || (Fill(_now) == _markLength && _now.AsSpan(0, _markLength).SequenceEqual(_mark.AsSpan(0, _markLength)));
    }

    int Fill(byte[] buffer)
    {
        var filled = 0;
        for (var read = 1; filled < _markLength && read > 0; filled += read)
            read = _file.Read(_markEnd - _markLength + filled, buffer.AsSpan(filled, _markLength - filled));
        return filled;
    }
}
