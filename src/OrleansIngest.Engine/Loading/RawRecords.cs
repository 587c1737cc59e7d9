using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads the records of a batch again, for rejects: their bytes are not kept in memory, and the loader keeps the file open. To be asked in the
/// order of the records, mostly: near ones are read on to.</summary>
sealed class RawRecords(RowBatch batch) : IDisposable
{
    const int NearBytes = 64 * 1024;

    RecordReader? _reader;

    /// <summary>The bytes of the record at an offset of the file, without its line break.</summary>
    public byte[] At(long offset)
    {
        if (_reader is null || offset < _reader.Offset || offset - _reader.Offset > NearBytes)
        {
            _reader?.Dispose();
            _reader = new RecordReader(batch.Handle, new ByteRange(offset, batch.EndOffset), batch.Dialect, 1, hash: null) { ExpectedFields = batch.Plan.FieldCount };
            _reader.Read();
        }

        while (_reader.Offset < offset && _reader.Read() != RecordKind.End)
        {
            // Reads on to it.
        }

        return _reader.Raw.ToArray();
    }

    public void Dispose() => _reader?.Dispose();
}
