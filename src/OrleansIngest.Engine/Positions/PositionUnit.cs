namespace OrleansIngest.Engine.Positions;

/// <summary>The unit of the positions of an input.</summary>
public enum PositionUnit
{
    /// <summary>Bytes of the input as it is stored.</summary>
    Byte,

    /// <summary>Decoded bytes of a compressed or transcoded input.</summary>
    DecodedByte,

    /// <summary>Rows, from 0: Parquet, Excel.</summary>
    Row,

    /// <summary>Offsets of a topic; gaps are allowed.</summary>
    Offset,
}
