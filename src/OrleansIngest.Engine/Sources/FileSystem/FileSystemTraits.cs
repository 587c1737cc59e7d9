namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>How reliable a file system's times and inode numbers are.</summary>
[Flags]
enum FileSystemTraits
{
    /// <summary>A local file system: this machine's clock, persistent inode numbers.</summary>
    None = 0,

    /// <summary>Times may come from another machine's clock.</summary>
    RemoteClock = 1,

    /// <summary>Inode numbers change from one mount to the next, and ctime is not stored, or is invented.</summary>
    PassingInodes = 2,
}

/// <summary>Reads <see cref="FileSystemTraits"/> from f_type, the magic numbers of linux/magic.h and of the
/// kernel modules' own headers.</summary>
static class FileSystemTypes
{
    public static FileSystemTraits Traits(uint type) => type switch
    {
        0x6969 /* nfs */ or 0x00C36400 /* ceph */ or 0x0BD00BD0 /* lustre */ or 0x47504653 /* gpfs */ or 0x01161970 /* gfs2 */
            or 0x7461636F /* ocfs2 */ or 0x5346414F or 0x6B414653 /* afs */ => FileSystemTraits.RemoteClock,
        0x517B or 0xFF534D42 or 0xFE534D42 /* smb */ or 0x65735546 /* fuse: sshfs, s3fs, virtiofs, Docker Desktop */
            or 0x01021997 /* 9p */ or 0x786F4256 /* vboxsf */ or 0xBACBACBC /* vmhgfs */
            => FileSystemTraits.RemoteClock | FileSystemTraits.PassingInodes,
        0x4D44 /* fat */ or 0x2011BAB0 /* exfat */ => FileSystemTraits.PassingInodes,
        _ => FileSystemTraits.None,
    };
}
