using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Grains;

/// <summary>Converts checkpoints to and from their serialized form.</summary>
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
        Unit = (PositionUnit)surrogate.Unit,
        EndPosition = surrogate.EndPosition,
    };

    /// <inheritdoc/>
    public FileCheckpointSurrogate ConvertToSurrogate(in FileCheckpoint value) => new()
    {
        Epoch = value.Epoch,
        Status = value.Status,
        Size = value.Size,
        Committed = FileClaimConverter.Numbers(value.Committed),
        Unit = (int)value.Unit,
        EndPosition = value.EndPosition,
    };
}
