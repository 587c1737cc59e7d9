namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>A file as found in the file system at one moment.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Device">st_dev; 0 when unknown.</param>
/// <param name="Inode">st_ino; 0 when unknown, or when the file system does not preserve inode numbers across mounts.</param>
/// <param name="ChangedNanoseconds">ctime, the time of the last change to the file, including its owner or permissions;
/// nanoseconds since 1970-01-01 UTC. 0 when unknown, or when the file system does not store it.</param>
public readonly record struct SeenFile(string Path, long Size, long ModifiedNanoseconds, ulong Device, ulong Inode,
    long ChangedNanoseconds = 0)
{
    /// <summary>Whether two observations are of the same version of a file for the ledger: by size and mtime.</summary>
    public bool IsSameVersionAs(in SeenFile other) => Size == other.Size && ModifiedNanoseconds == other.ModifiedNanoseconds;

    /// <summary>Whether two observations are of the same state of a file. Paths are not compared, and neither is
    /// <see cref="Device"/>. An unknown inode or ctime equals any.</summary>
    /// <remarks>If only ctime differs, the content must decide whether the file was replaced: chmod, chown and a new hard link
    /// change ctime too.</remarks>
    public bool IsSameStateAs(in SeenFile other) =>
        IsSameVersionAs(other)
        && (Inode == other.Inode || Inode == 0 || other.Inode == 0)
        && (ChangedNanoseconds == other.ChangedNanoseconds || ChangedNanoseconds == 0 || other.ChangedNanoseconds == 0);

    /// <summary>The same for an observation before a restart, or from another machine: shared and layered file systems renumber
    /// inodes on every mount, so the inode counts only if ctime is unknown. ctime cannot be set back: if it is
    /// equal, the file is unchanged.</summary>
    public bool IsSameStateAcrossMounts(in SeenFile other) =>
        IsSameStateAs(other)
            || (IsSameVersionAs(other) && ChangedNanoseconds != 0 && ChangedNanoseconds == other.ChangedNanoseconds);
}
