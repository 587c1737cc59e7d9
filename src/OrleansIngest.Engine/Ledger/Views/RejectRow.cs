using System.Diagnostics.CodeAnalysis;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A record that could not be loaded, as a page shows it: <see cref="Reject.RawRecord"/> is at most
/// <see cref="RejectViews.RawCharacters"/> characters of it.</summary>
public sealed record RejectRow : Reject
{
    /// <summary>For deserializers.</summary>
    public RejectRow()
    {
    }

    /// <summary>What every reject has.</summary>
    [SetsRequiredMembers]
    internal RejectRow(Reject reject)
        : base(reject)
    {
    }

    /// <summary>Whether <see cref="Reject.RawRecord"/> is only its beginning.</summary>
    public bool Truncated { get; init; }

    /// <summary>The exact bytes, at most 64 KiB of them, when <see cref="Reject.RawRecord"/> is not exact; else null.</summary>
    public string? RawBytesBase64 { get; init; }

    /// <summary>What <see cref="Reject.ByteOffset"/> counts, as <see cref="FileRow.PositionUnit"/>. Default: stored
    /// bytes.</summary>
    public string PositionUnit { get; init; } = Positions.PositionUnit.Byte.ToName();

    /// <summary>The key of its issue, as <see cref="RejectIssue.Id"/>.</summary>
    public string? Issue { get; init; }

    /// <summary>Whether a replay may be given another text in its place: it is open, and all of it is shown.</summary>
    public bool CanBeEdited { get; init; }

    /// <summary>What was loaded in its place; null: the record itself, or nothing.</summary>
    public string? EditedRecord { get; init; }

    /// <summary>Where in <see cref="Reject.RawRecord"/> the bad field is; null when that is not known.</summary>
    public TextSpan? Field { get; init; }
}
