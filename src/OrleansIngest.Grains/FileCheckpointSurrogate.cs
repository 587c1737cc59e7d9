using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>A <see cref="FileCheckpoint"/> that goes along when a file grain moves.</summary>
[GenerateSerializer, Immutable, Alias("ingest.file-checkpoint")]
public readonly record struct FileCheckpointSurrogate
{
    [Id(0)]
    public required int Epoch { get; init; }

    [Id(1)]
    public required string? Status { get; init; }

    [Id(2)]
    public required long Size { get; init; }

    /// <summary>Start and end of each committed range, one after the other.</summary>
    [Id(3)]
    public required long[] Committed { get; init; }

    /// <summary>As a number; of a silo of the version before 0, bytes as stored.</summary>
    [Id(4)]
    public int Unit { get; init; }

    [Id(5)]
    public long? EndPosition { get; init; }
}
