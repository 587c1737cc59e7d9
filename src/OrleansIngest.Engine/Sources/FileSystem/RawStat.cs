using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The part of Linux' <c>struct statx</c> that is used; its layout is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
struct RawStat
{
    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public long Size;

    [FieldOffset(80)]
    public long CreatedSeconds;

    [FieldOffset(88)]
    public uint CreatedNanosecondsPart;

    [FieldOffset(96)]
    public long ChangedSeconds;

    [FieldOffset(104)]
    public uint ChangedNanosecondsPart;

    [FieldOffset(112)]
    public long ModifiedSeconds;

    [FieldOffset(120)]
    public uint ModifiedNanosecondsPart;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    /// <summary>st_dev as <c>stat -c %d</c> prints it.</summary>
    public readonly ulong Device =>
        (DeviceMinor & 0xFFu) | ((DeviceMajor & 0xFFFul) << 8) | ((DeviceMinor & ~0xFFul) << 12)
            | ((DeviceMajor & ~0xFFFul) << 32);

    /// <summary>Nanoseconds since 1970-01-01 UTC; limited to the years 1677 to 2262.</summary>
    public readonly long ModifiedNanoseconds => Nanoseconds(ModifiedSeconds, ModifiedNanosecondsPart);

    /// <summary>As <see cref="ModifiedNanoseconds"/>.</summary>
    public readonly long ChangedNanoseconds => Nanoseconds(ChangedSeconds, ChangedNanosecondsPart);

    /// <summary>As <see cref="ModifiedNanoseconds"/>; 0 if it was not asked for, or if the file system does not store
    /// it.</summary>
    public readonly long CreatedNanoseconds => Nanoseconds(CreatedSeconds, CreatedNanosecondsPart);

    static long Nanoseconds(long seconds, uint part) => seconds switch
    {
        >= long.MaxValue / 1_000_000_000 => long.MaxValue,
        <= long.MinValue / 1_000_000_000 => long.MinValue,
        _ => (seconds * 1_000_000_000) + part,
    };
}
