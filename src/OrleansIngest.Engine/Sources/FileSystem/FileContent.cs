using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The stored bytes of an open file. Safe for concurrent reading.</summary>
public sealed class FileContent : ByteContent
{
    readonly SafeFileHandle _handle;
    readonly string _path;

    /// <param name="path">Absolute path of a file.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">Its directory does not exist.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public FileContent(string path)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            FileOptions.SequentialScan);
    }

    /// <inheritdoc/>
    public override PositionUnit Unit => PositionUnit.Byte;

    /// <summary>Current length in bytes.</summary>
    public override long? Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_handle, buffer, offset);

    /// <summary>Whether the file is unchanged since it was seen, and its path still refers to it or to nothing.</summary>
    public bool IsStill(in SeenFile seen) => FileStat.TryStat(_handle, _path, out var now)
        && now.IsSameVersionAs(seen)
        && (!FileStat.TryStat(_path, out var atPath)
            || (atPath.IsSameVersionAs(now) && (atPath.Device, atPath.Inode) == (now.Device, now.Inode)));

    /// <summary>Whether the file, still at its path, has grown since it was seen, after the end of a line.</summary>
    public bool HasGrown(in SeenFile seen)
    {
        Span<byte> last = stackalloc byte[1];
        return FileStat.TryStat(_handle, _path, out var now) && now.Size > seen.Size && seen.Size > 0
            && FileStat.TryStat(_path, out var atPath) && (atPath.Device, atPath.Inode) == (now.Device, now.Inode)
            && Read(seen.Size - 1, last) == 1 && last[0] == (byte)'\n';
    }

    /// <summary>Reads the metadata of the open file, whatever its name refers to by now.</summary>
    internal bool TryStat(out SeenFile now) => FileStat.TryStat(_handle, _path, out now);

    /// <summary>Whether the open file is completely unchanged since it was seen.</summary>
    public bool IsSameStateAs(in SeenFile seen) => FileStat.TryStat(_handle, _path, out var now) && now.IsSameStateAs(seen);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _handle.Dispose();
        base.Dispose(disposing);
    }
}
