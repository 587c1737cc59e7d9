using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>An open file, as it is stored. Safe for concurrent reading.</summary>
public sealed class FileContent : ByteContent
{
    readonly SafeFileHandle _handle;
    readonly string _path;

    /// <param name="path">Absolute path of a file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">There is none, nor its directory.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public FileContent(string path)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
    }

    /// <inheritdoc/>
    public override PositionUnit Unit => PositionUnit.Byte;

    /// <summary>Length in bytes, as it is now.</summary>
    public override long? Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_handle, buffer, offset);

    /// <summary>Whether the file is what it was when it was seen, and still lies at its path, if anything does.</summary>
    public bool IsStill(in SeenFile seen) => FileStat.TryStat(_handle, _path, out var now)
        && now.IsSameVersionAs(seen)
        && (!FileStat.TryStat(_path, out var atPath)
            || (atPath.IsSameVersionAs(now) && (atPath.Device, atPath.Inode) == (now.Device, now.Inode)));

    /// <summary>Whether the file, which still lies at its path, has become longer since it was seen, after the end of a line.</summary>
    public bool HasGrown(in SeenFile seen)
    {
        Span<byte> last = stackalloc byte[1];
        return FileStat.TryStat(_handle, _path, out var now) && now.Size > seen.Size && seen.Size > 0
            && FileStat.TryStat(_path, out var atPath) && (atPath.Device, atPath.Inode) == (now.Device, now.Inode)
            && Read(seen.Size - 1, last) == 1 && last[0] == (byte)'\n';
    }

    /// <summary>Looks at the open file, whatever its name means by now.</summary>
    internal bool TryStat(out SeenFile now) => FileStat.TryStat(_handle, _path, out now);

    /// <summary>Whether nothing at all happened to the open file since it was seen.</summary>
    public bool IsSameStateAs(in SeenFile seen) => FileStat.TryStat(_handle, _path, out var now) && now.IsSameStateAs(seen);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _handle.Dispose();
        base.Dispose(disposing);
    }
}
