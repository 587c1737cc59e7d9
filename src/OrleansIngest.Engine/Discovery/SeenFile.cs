namespace OrleansIngest.Engine.Discovery;

/// <summary>A file as one look at the file system showed it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Device">st_dev.</param>
/// <param name="Inode">st_ino.</param>
public readonly record struct SeenFile(string Path, long Size, long ModifiedNanoseconds, ulong Device, ulong Inode);
