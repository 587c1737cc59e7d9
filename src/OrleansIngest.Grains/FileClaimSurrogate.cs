using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>A <see cref="FileClaim"/> on its way between silos; the Engine knows nothing of Orleans' serializer.</summary>
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

    /// <summary>Start and end of each committed range, one after the other.</summary>
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

    /// <summary>As a number: a silo of the version before knows nothing of it, and means 0, bytes as stored.</summary>
    [Id(13)]
    public int Unit { get; init; }

    [Id(14)]
    public long? EndPosition { get; init; }

    /// <summary>Position and source offset of each point, one after the other; null for none.</summary>
    [Id(15)]
    public long[]? RestartPoints { get; init; }

    /// <summary>Of the archive; null for a file of its own.</summary>
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
