using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>What a look at a followed file shows.</summary>
/// <param name="Seen">Size and mtime of the open file.</param>
/// <param name="IsCut">Whether bytes that are committed are not there any more: it was truncated.</param>
/// <param name="IsAway">Whether something else, or nothing, lies at its path: it was renamed or deleted.</param>
readonly record struct TailObservation(SeenFile Seen, bool IsCut, bool IsAway);

/// <summary>A file that is followed: open, whatever becomes of its name.</summary>
sealed class TailedFile : IStoredInput
{
    /// <summary>Of the committed bytes, as many are compared at each look: where a file is truncated and has grown to its old
    /// size between two looks, they are others.</summary>
    const int MarkBytes = 256;

    readonly FileContent _file;
    readonly GrowingContent _complete;
    readonly byte[] _mark = new byte[MarkBytes];
    readonly byte[] _now = new byte[MarkBytes];
    long _markEnd;
    int _markLength;

    TailedFile(FileContent file, string path, SeenFile seen) =>
        (_file, Path, Opened, _complete) = (file, path, seen, new GrowingContent(file));

    /// <summary>The path under which discovery knows it.</summary>
    public string Path { get; }

    /// <summary>The file as it was when it was opened.</summary>
    public SeenFile Opened { get; }

    /// <summary>All of its bytes.</summary>
    public ByteContent All => _file;

    /// <summary>How many of them are complete records.</summary>
    public long End
    {
        get => _complete.End;
        set => _complete.End = value;
    }

    /// <summary>The complete ones.</summary>
    public ByteContent Content => _complete;

    public bool IsMember => false;

    public ByteContent Decode(ByteContent stored, DecodeLimits limits) => stored;

    public bool IsStill(in SeenFile seen) => true; // TailedFile.Observe decides

    public void Dispose() => _file.Dispose();

    /// <summary>Finds the file of a claim: at its path, or renamed within its directory.</summary>
    /// <param name="known">As discovery saw it.</param>
    /// <returns>Null when it is neither.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public static TailedFile? Find(in SeenFile known)
    {
        if (Open(known.Path, known) is { } here) return here;
        return RenamedTo(known) is { } name ? Open(name, known) : null;
    }

    /// <summary>The name in the same directory that a file has now; null for none.</summary>
    /// <param name="known">As it was seen under its old one.</param>
    public static string? RenamedTo(in SeenFile known)
    {
        if (known.Inode == 0) return null;
        try
        {
            foreach (var path in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(known.Path)!))
            {
                if (path != known.Path && FileStat.TryStat(path, out var seen)
                    && (seen.Device, seen.Inode) == (known.Device, known.Inode)) return path;
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing is there any more.
        }

        return null;
    }

    /// <summary>Opens what lies at the path of a claim, whatever it is.</summary>
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
            return new TailedFile(file, known?.Path ?? path, seen);
        file.Dispose();
        return null;
    }

    /// <summary>Looks at it.</summary>
    public TailObservation Observe()
    {
        if (!_file.TryStat(out var seen)) throw new IOException($"{Path} can no longer be examined");
        var isAway = !FileStat.TryStat(Path, out var there) || (there.Device, there.Inode) != (seen.Device, seen.Inode);
        return new TailObservation(seen with { Path = Path }, !IsIntact(seen.Size), isAway);
    }

    /// <summary>Keeps the last of the bytes that are committed, or about to be.</summary>
    public void Mark(long end)
    {
        _markLength = (int)Math.Min(MarkBytes, end);
        _markEnd = end;
        if (Fill(_mark) < _markLength) _markLength = 0;
    }

    /// <summary>Whether the bytes that were marked are there still.</summary>
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
