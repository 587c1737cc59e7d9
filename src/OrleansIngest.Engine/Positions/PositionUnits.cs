namespace OrleansIngest.Engine.Positions;

/// <summary>The values of <c>ingest.file.position_unit</c>.</summary>
public static class PositionUnits
{
    /// <summary>The name in the ledger and in REST.</summary>
    public static string ToName(this PositionUnit unit) => unit switch
    {
        PositionUnit.Byte => "byte",
        PositionUnit.DecodedByte => "decoded_byte",
        PositionUnit.Row => "row",
        PositionUnit.Offset => "offset",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, null),
    };

    /// <summary>Parses the result of <see cref="ToName"/>.</summary>
    /// <exception cref="FormatException">It is not a position unit.</exception>
    public static PositionUnit Parse(string word) => word switch
    {
        "byte" => PositionUnit.Byte,
        "decoded_byte" => PositionUnit.DecodedByte,
        "row" => PositionUnit.Row,
        "offset" => PositionUnit.Offset,
        _ => throw new FormatException($"'{word}' is not a position unit"),
    };
}
