using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The bytes of the records of rows, for rejects: read again, because they are not kept in memory, unless the input can only be read forward. To be
/// asked in the order of the rows, mostly: near ones are read on to.</summary>
sealed class RawRecords(EncodedRows rows, RecordInput input) : IDisposable
{
    const int Near = 64 * 1024;

    IRecordCursor? _cursor;

    /// <summary>The bytes of the record of a row.</summary>
    public byte[] Of(int row)
    {
        if (rows.KeptRawOf(row) is { } kept) return kept;
        var position = rows.StartOffset + rows.Place(row).Offset;
        if (_cursor is null || position < _cursor.Position || position - _cursor.Position > Near)
        {
            _cursor?.Dispose();
            var span = new PositionSpan(position, rows.EndOffset);
            _cursor = input.Format.Open(input.Content, input.Layout, span, new RecordPosition(1, 1), new CursorMaker());
            _cursor.Read();
        }

        while (_cursor.Position < position && _cursor.Read())
        {
            // Reads on to it.
        }

        return _cursor.Raw;
    }

    public void Dispose() => _cursor?.Dispose();

    interface IRecordCursor : IDisposable
    {
        long Position { get; }

        byte[] Raw { get; }

        bool Read();
    }

    sealed class CursorMaker : IRecordsUser<IRecordCursor>
    {
        public IRecordCursor Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords => new Cursor<TRecords>(records);
    }

    sealed class Cursor<TRecords>(TRecords records) : IRecordCursor where TRecords : struct, ITextRecords
    {
        public long Position => records.Position;

        public byte[] Raw => records.Raw.ToArray();

        public bool Read() => records.Read() != RecordKind.End;

        public void Dispose() => records.Dispose();
    }
}
