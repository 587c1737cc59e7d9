using System.Diagnostics.CodeAnalysis;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A record that could not be loaded, as a page shows it: <see cref="Reject.RawRecord"/> is at most <see cref="RejectViews.RawCharacters"/> characters of it.</summary>
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

    /// <summary>What <see cref="Reject.ByteOffset"/> counts, as <see cref="FileRow.PositionUnit"/>. Default: bytes as stored.</summary>
    public string PositionUnit { get; init; } = Positions.PositionUnit.Byte.ToWord();

    /// <summary>Where in <see cref="Reject.RawRecord"/> the bad field is; null when that is not known.</summary>
    public TextSpan? Field { get; init; }
}
