using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Turns checkpoints into what travels, and back.</summary>
[RegisterConverter]
public sealed class FileCheckpointConverter : IConverter<FileCheckpoint, FileCheckpointSurrogate>
{
    /// <inheritdoc/>
    public FileCheckpoint ConvertFromSurrogate(in FileCheckpointSurrogate surrogate) => new()
    {
        Epoch = surrogate.Epoch,
        Status = surrogate.Status,
        Size = surrogate.Size,
        Committed = FileClaimConverter.Ranges(surrogate.Committed),
    };

    /// <inheritdoc/>
    public FileCheckpointSurrogate ConvertToSurrogate(in FileCheckpoint value) => new()
    {
        Epoch = value.Epoch,
        Status = value.Status,
        Size = value.Size,
        Committed = FileClaimConverter.Numbers(value.Committed),
    };
}
