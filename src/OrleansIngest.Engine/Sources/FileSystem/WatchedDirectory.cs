namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>A root in its current incarnation: if it is deleted and recreated, it is another one.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Device">st_dev; 0 when unknown.</param>
/// <param name="Inode">st_ino; 0 when unknown.</param>
public readonly record struct WatchedDirectory(string Path, ulong Device, ulong Inode);
