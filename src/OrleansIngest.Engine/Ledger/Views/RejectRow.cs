using System.Diagnostics.CodeAnalysis;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A record that could not be loaded, as shown on a page: <see cref="Reject.RawRecord"/> is at most its first
/// <see cref="RejectViews.RawCharacters"/> characters.</summary>
public sealed record RejectRow : Reject
{
    /// <summary>For deserializers.</summary>
    public RejectRow()
    {
    }

    /// <summary>Extends a reject.</summary>
    [SetsRequiredMembers]
    internal RejectRow(Reject reject)
        : base(reject)
    {
    }

    /// <summary>Whether <see cref="Reject.RawRecord"/> is only its beginning.</summary>
    public bool Truncated { get; init; }

    /// <summary>The exact bytes, at most 64 KiB, if <see cref="Reject.RawRecord"/> is not exact; otherwise null.</summary>
    public string? RawBytesBase64 { get; init; }

    /// <summary>The unit of <see cref="Reject.ByteOffset"/>, as in <see cref="FileRow.PositionUnit"/>. Default: stored
    /// bytes.</summary>
    public string PositionUnit { get; init; } = Positions.PositionUnit.Byte.ToName();

    /// <summary>The key of its issue, as <see cref="RejectIssue.Id"/>.</summary>
    public string? Issue { get; init; }

    /// <summary>Whether it can be edited and replayed: it is open and shown completely.</summary>
    public bool CanBeEdited { get; init; }

    /// <summary>Whether it can be reopened: an operator has ignored it.</summary>
    public bool CanBeReopened { get; init; }

    /// <summary>The edited record that was loaded instead; null: the record itself, or nothing.</summary>
    public string? EditedRecord { get; init; }

    /// <summary>The bad field in <see cref="Reject.RawRecord"/>; null if unknown.</summary>
    public TextSpan? Field { get; init; }
}
