using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The right to load one file until it is claimed again: every commit proves <see cref="Epoch"/>.</summary>
public sealed record FileClaim
{
    /// <summary>The file.</summary>
    public required FileId FileId { get; init; }

    /// <summary>The pipeline whose dialect, target and rules apply.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The file's version under its path, from 1; 0 if an older release of a silo claimed it. Default: 0.</summary>
    public int Version { get; init; }

    /// <summary>The file as it was when it became ready; any difference now is a change.</summary>
    public required SeenFile File { get; init; }

    /// <summary>The fencing token: greater by one than that of the previous claim.</summary>
    public required int Epoch { get; init; }

    /// <summary>The node that may load it.</summary>
    public required NodeId Owner { get; init; }

    /// <summary>Number of claims that ended in a failure of this file, from 0.</summary>
    public required int Attempts { get; init; }

    /// <summary>The newest loaded version under the same path, when it has the same size: perhaps the same content, delivered
    /// again. Null: there is none, or the file is to be loaded in any case. Default: null.</summary>
    public FileId? Earlier { get; init; }

    /// <summary>Whether an operator wants it loaded even if its content is already loaded. Default: false.</summary>
    public bool IsForced { get; init; }

    /// <summary>Whether its rows are to replace those of all older versions of its path, by an
    /// operator's order. Default: false.</summary>
    public bool IsReplacement { get; init; }

    /// <summary>Whether it is followed while it grows (<c>tail: true</c>). Default: false.</summary>
    public bool IsTailed { get; init; }

    /// <summary>The unit of this version's positions, as recorded by an earlier claim (<see cref="InputNote"/>): if anything is
    /// committed, the positions of <see cref="Committed"/> have this unit, and cannot be continued in another. Default: stored
    /// bytes.</summary>
    public PositionUnit Unit { get; init; }

    /// <summary>Where the input ends, in <see cref="Unit"/>; null while unknown. For stored
    /// bytes it is the input's size.</summary>
    public long? EndPosition { get; init; }

    /// <summary>Points where decoding may start: for each open span, the last known one that is not after its start. In order;
    /// most inputs have none. Default: none.</summary>
    public IReadOnlyList<RestartPoint> RestartPoints { get; init; } = [];

    /// <summary>The table that an earlier claim has recorded, if the pipeline alone does not determine it: schema and name,
    /// quoted where SQL needs it. If anything is committed, it is in this table. Default: null, that of the pipeline.</summary>
    public string? Target { get; init; }

    /// <summary>The archive of which <see cref="File"/> is a member, as it was when it was expanded; null for a file outside of
    /// archives. Default: null.</summary>
    public SeenFile? Archive { get; init; }

    /// <summary>The committed ranges, merged and in order; the rest is open.</summary>
    public required IReadOnlyList<PositionSpan> Committed { get; init; }
}
