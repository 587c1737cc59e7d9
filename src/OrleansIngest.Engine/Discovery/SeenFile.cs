namespace OrleansIngest.Engine.Discovery;

/// <summary>A file as one look at the file system showed it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Device">st_dev; 0 when unknown.</param>
/// <param name="Inode">st_ino; 0 when unknown, or when the file system does not keep inode numbers from one mount to the next.</param>
public readonly record struct SeenFile(string Path, long Size, long ModifiedNanoseconds, ulong Device, ulong Inode)
{
    /// <summary>Whether two looks, perhaps from different machines or before and after a restart, show the same state of a file. Paths are
    /// not compared. <see cref="Device"/> is not either: shared and layered file systems number it anew on every mount, and a whole
    /// directory would look changed, and be loaded twice, after a reboot. An unknown inode equals any.</summary>
    public bool IsSameStateAs(in SeenFile other) =>
        Size == other.Size
        && ModifiedNanoseconds == other.ModifiedNanoseconds
        && (Inode == other.Inode || Inode == 0 || other.Inode == 0);
}
