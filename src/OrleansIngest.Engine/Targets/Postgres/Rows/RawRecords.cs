using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The bytes of the records of rows, for rejects: read again from the input, because they are kept in memory only if the
/// input can only be read forward. Mostly to be called in the order of the rows: nearby records are reached by reading
/// on.</summary>
sealed class RawRecords(EncodedRows rows, RecordInput input) : IDisposable
{
    readonly RecordRereader _again = new(input, rows.EndOffset);

    /// <summary>The bytes of the record of a row.</summary>
    public byte[] Of(int row) => rows.KeptRawOf(row) ?? _again.At(rows.StartOffset + rows.Place(row).Offset);

    public void Dispose() => _again.Dispose();
}
