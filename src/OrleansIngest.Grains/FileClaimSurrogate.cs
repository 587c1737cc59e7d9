using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The serialized form of a <see cref="FileClaim"/>; the Engine does not depend on Orleans' serializer.</summary>
[GenerateSerializer, Immutable, Alias("ingest.file-claim")]
public readonly record struct FileClaimSurrogate
{
    [Id(0)]
    public required long FileId { get; init; }

    [Id(1)]
    public required string Pipeline { get; init; }

    [Id(2)]
    public required string Path { get; init; }

    [Id(3)]
    public required long Size { get; init; }

    [Id(4)]
    public required long ModifiedNanoseconds { get; init; }

    [Id(5)]
    public required ulong Device { get; init; }

    [Id(6)]
    public required ulong Inode { get; init; }

    [Id(7)]
    public required int Epoch { get; init; }

    [Id(8)]
    public required string Owner { get; init; }

    [Id(9)]
    public required int Attempts { get; init; }

    /// <summary>Alternating starts and ends of the committed ranges.</summary>
    [Id(10)]
    public required long[] Committed { get; init; }

    /// <summary>0 for none.</summary>
    [Id(11)]
    public long Earlier { get; init; }

    [Id(12)]
    public bool IsForced { get; init; }

    [Id(24)]
    public bool IsReplacement { get; init; }

    [Id(25)]
    public bool IsTailed { get; init; }

    [Id(20)]
    public int Version { get; init; }

    /// <summary>As a number; a silo of the previous version sends 0, stored bytes.</summary>
    [Id(13)]
    public int Unit { get; init; }

    [Id(14)]
    public long? EndPosition { get; init; }

    /// <summary>Alternating positions and source offsets of the points; null for none.</summary>
    [Id(15)]
    public long[]? RestartPoints { get; init; }

    /// <summary>Of the archive; null for a file outside of archives.</summary>
    [Id(16)]
    public string? ArchivePath { get; init; }

    [Id(17)]
    public long ArchiveSize { get; init; }

    [Id(18)]
    public long ArchiveModifiedNanoseconds { get; init; }

    [Id(19)]
    public ulong ArchiveDevice { get; init; }

    [Id(21)]
    public ulong ArchiveInode { get; init; }

    /// <summary>Null for the pipeline's table.</summary>
    [Id(22)]
    public string? Target { get; init; }
}
