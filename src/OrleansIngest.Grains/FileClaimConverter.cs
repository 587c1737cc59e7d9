using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Grains;

/// <summary>Converts claims to and from their serialized form.</summary>
[RegisterConverter]
public sealed class FileClaimConverter : IConverter<FileClaim, FileClaimSurrogate>
{
    /// <inheritdoc/>
    public FileClaim ConvertFromSurrogate(in FileClaimSurrogate surrogate) => new()
    {
        FileId = new FileId(surrogate.FileId),
        Pipeline = surrogate.Pipeline,
        File = new SeenFile(surrogate.Path, surrogate.Size, surrogate.ModifiedNanoseconds, surrogate.Device, surrogate.Inode),
        Epoch = surrogate.Epoch,
        Owner = new NodeId(surrogate.Owner),
        Attempts = surrogate.Attempts,
        Committed = Ranges(surrogate.Committed),
        Earlier = surrogate.Earlier == 0 ? null : new FileId(surrogate.Earlier),
        IsForced = surrogate.IsForced,
        IsReplacement = surrogate.IsReplacement,
        IsTailed = surrogate.IsTailed,
        Version = surrogate.Version,
        Unit = (PositionUnit)surrogate.Unit,
        EndPosition = surrogate.EndPosition,
        RestartPoints = [.. (surrogate.RestartPoints ?? []).Chunk(2).Select(p => new RestartPoint(p[0], p[1]))],
        Target = surrogate.Target,
        Archive = surrogate.ArchivePath is { } archive
            ? new SeenFile(archive, surrogate.ArchiveSize, surrogate.ArchiveModifiedNanoseconds, surrogate.ArchiveDevice,
                surrogate.ArchiveInode)
            : null,
    };

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
        Committed = Numbers(value.Committed),
        Earlier = value.Earlier?.Value ?? 0,
        IsForced = value.IsForced,
        IsReplacement = value.IsReplacement,
        IsTailed = value.IsTailed,
        Version = value.Version,
        Unit = (int)value.Unit,
        EndPosition = value.EndPosition,
        RestartPoints = value.RestartPoints.Count == 0 ? null
            : [.. value.RestartPoints.SelectMany(p => new[] { p.Position, p.SourceOffset })],
        Target = value.Target,
        ArchivePath = value.Archive?.Path,
        ArchiveSize = value.Archive?.Size ?? 0,
        ArchiveModifiedNanoseconds = value.Archive?.ModifiedNanoseconds ?? 0,
        ArchiveDevice = value.Archive?.Device ?? 0,
        ArchiveInode = value.Archive?.Inode ?? 0,
    };

    internal static PositionSpan[] Ranges(long[] numbers)
    {
        var ranges = new PositionSpan[numbers.Length / 2];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = new PositionSpan(numbers[2 * i], numbers[2 * i + 1]);
        return ranges;
    }

    internal static long[] Numbers(IReadOnlyList<PositionSpan> ranges) => [.. ranges.SelectMany(r => new[] { r.Start, r.End })];
}
