using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>An open input with a known layout: everything needed to read its records again.</summary>
/// <param name="Format">Divides it into records.</param>
/// <param name="Content">The whole of it, decoded; not owned.</param>
/// <param name="Layout">The layout, from its beginning.</param>
sealed record RecordInput(IRecordFormat Format, ByteContent Content, RecordLayout Layout)
{
    /// <summary>The unit of its records' positions.</summary>
    public PositionUnit Unit => Format.UnitOver(Content.Unit);

    /// <summary>Whether reading a position again may require decoding from the beginning.</summary>
    public bool IsForwardOnly => Content.Window != long.MaxValue;
}
