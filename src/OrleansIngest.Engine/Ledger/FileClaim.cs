using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The right to load one file until it is claimed again: every commit proves <see cref="Epoch"/>.</summary>
public sealed record FileClaim
{
    /// <summary>The file.</summary>
    public required FileId FileId { get; init; }

    /// <summary>The pipeline whose dialect, target and rules hold.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Which version under its path the file is, from 1; 0 when the silo that claimed it is of a release that did not say. Default: 0.</summary>
    public int Version { get; init; }

    /// <summary>The file as it was when it became ready; a file that looks different now has changed.</summary>
    public required SeenFile File { get; init; }

    /// <summary>The fencing token: one more than that of any claim before.</summary>
    public required int Epoch { get; init; }

    /// <summary>Who may load it.</summary>
    public required NodeId Owner { get; init; }

    /// <summary>How many claims of this file ended in a failure of the file's own, from 0.</summary>
    public required int Attempts { get; init; }

    /// <summary>The newest loaded version under the same path, when it has the same size: perhaps the same content, delivered again. Null: there is
    /// none, or the file is to be loaded in any case. Default: null.</summary>
    public FileId? Earlier { get; init; }

    /// <summary>Whether an operator wants it loaded, whatever else holds the same content. Default: false.</summary>
    public bool IsForced { get; init; }

    /// <summary>Whether an operator wants its rows in the place of those of all older versions of its path. Default: false.</summary>
    public bool IsReplacement { get; init; }

    /// <summary>Whether it is followed while it grows (<c>tail: true</c>). Default: false.</summary>
    public bool IsTailed { get; init; }

    /// <summary>What positions of this version count, as far as an earlier claim has noted it (<see cref="InputNote"/>): where anything is committed,
    /// the positions of <see cref="Committed"/> have this unit, and cannot be continued in another. Default: stored bytes.</summary>
    public PositionUnit Unit { get; init; }

    /// <summary>Where the input ends, in <see cref="Unit"/>; null while unknown. For stored bytes it is the input's size.</summary>
    public long? EndPosition { get; init; }

    /// <summary>Where decoding may start: for each open span the last point known that is not after its start. In order; most inputs have none.
    /// Default: none.</summary>
    public IReadOnlyList<RestartPoint> RestartPoints { get; init; } = [];

    /// <summary>The table that an earlier claim has noted, where the pipeline alone does not say it: schema and name, quoted where SQL needs it. Where anything is
    /// committed, it is there. Default: null, that of the pipeline.</summary>
    public string? Target { get; init; }

    /// <summary>The archive of which <see cref="File"/> is a member, as it was when it was expanded; null for a file of its own. Default: null.</summary>
    public SeenFile? Archive { get; init; }

    /// <summary>What is committed already, merged and in order; the rest is open.</summary>
    public required IReadOnlyList<PositionSpan> Committed { get; init; }
}
