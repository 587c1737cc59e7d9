using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The serialized form of a <see cref="FileCheckpoint"/>, for migrating grains.</summary>
[GenerateSerializer, Immutable, Alias("ingest.file-checkpoint")]
public readonly record struct FileCheckpointSurrogate
{
    [Id(0)]
    public required int Epoch { get; init; }

    [Id(1)]
    public required string? Status { get; init; }

    [Id(2)]
    public required long Size { get; init; }

    /// <summary>Alternating starts and ends of the committed ranges.</summary>
    [Id(3)]
    public required long[] Committed { get; init; }

    /// <summary>As a number; a silo of the previous version sends 0, stored bytes.</summary>
    [Id(4)]
    public int Unit { get; init; }

    [Id(5)]
    public long? EndPosition { get; init; }
}
