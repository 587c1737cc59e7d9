using OrleansIngest.Engine.Discovery;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Turns claims into what travels, and back.</summary>
[RegisterConverter]
public sealed class FileClaimConverter : IConverter<FileClaim, FileClaimSurrogate>
{
    /// <inheritdoc/>
    public FileClaim ConvertFromSurrogate(in FileClaimSurrogate surrogate)
    {
        var committed = new ByteRange[surrogate.Committed.Length / 2];
        for (var i = 0; i < committed.Length; i++) committed[i] = new ByteRange(surrogate.Committed[2 * i], surrogate.Committed[2 * i + 1]);
        return new FileClaim
        {
            FileId = new FileId(surrogate.FileId),
            Pipeline = surrogate.Pipeline,
            File = new SeenFile(surrogate.Path, surrogate.Size, surrogate.ModifiedNanoseconds, surrogate.Device, surrogate.Inode),
            Epoch = surrogate.Epoch,
            Owner = new NodeId(surrogate.Owner),
            Attempts = surrogate.Attempts,
            Committed = committed,
        };
    }

    /// <inheritdoc/>
    public FileClaimSurrogate ConvertToSurrogate(in FileClaim value) => new()
    {
        FileId = value.FileId.Value,
        Pipeline = value.Pipeline,
        Path = value.File.Path,
        Size = value.File.Size,
        ModifiedNanoseconds = value.File.ModifiedNanoseconds,
        Device = value.File.Device,
        Inode = value.File.Inode,
        Epoch = value.Epoch,
        Owner = value.Owner.Value,
        Attempts = value.Attempts,
        Committed = [.. value.Committed.SelectMany(r => new[] { r.Start, r.End })],
    };
}
