using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>An open input whose layout is known: all that it takes to read its records again.</summary>
/// <param name="Format">Divides it into records.</param>
/// <param name="Content">The whole of it, decoded; not owned.</param>
/// <param name="Layout">What was found at its beginning.</param>
sealed record RecordInput(IRecordFormat Format, ByteContent Content, RecordLayout Layout)
{
    /// <summary>The unit of its records' positions.</summary>
    public PositionUnit Unit => Format.UnitOver(Content.Unit);

    /// <summary>Whether its records cannot be read at any place again without decoding it from its beginning.</summary>
    public bool IsForwardOnly => Content.Window != long.MaxValue;
}
