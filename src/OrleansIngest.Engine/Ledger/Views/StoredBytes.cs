namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Stored bytes of spans whose positions may have another unit: only these add up, and are comparable with sizes of
/// files.</summary>
static class StoredBytes
{
    /// <summary>Those of a batch <c>b</c> of a file <c>f</c>: its share of the file's size once the end of the file is known;
    /// until then 0.</summary>
    public const string OfBatch =
        """
        CASE WHEN f.position_unit = 'byte' THEN b.end_offset - b.start_offset
            WHEN f.end_position > 0 THEN (f.size * ((b.end_offset - b.start_offset)::float8 / f.end_position))::bigint ELSE 0 END
        """;

    /// <summary>Those up to the end of a batch <c>b</c>.</summary>
    public const string UpToBatch =
        """
        CASE WHEN f.position_unit = 'byte' THEN b.end_offset
            WHEN f.end_position > 0 THEN (f.size * (b.end_offset::float8 / f.end_position))::bigint ELSE 0 END
        """;
}
