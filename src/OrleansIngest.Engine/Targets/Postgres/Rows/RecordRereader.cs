using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Reads records again by their positions. Mostly to be called in order: nearby records are reached by reading on, and
/// so are all later ones if the input would otherwise have to be decoded from its beginning.</summary>
sealed class RecordRereader(RecordInput input, long end) : IDisposable
{
    const int Near = 64 * 1024;

    IRecordCursor? _cursor;

    /// <summary>The bytes of the record at a position.</summary>
    public byte[] At(long position)
    {
        if (_cursor is null || position < _cursor.Position || (position - _cursor.Position > Near && !input.IsForwardOnly))
        {
            _cursor?.Dispose();
            _cursor = input.Format.Open(input.Content, input.Layout, new PositionSpan(position, end), new RecordPosition(1, 1),
                new CursorFactory());
            _cursor.Read();
        }

        while (_cursor.Position < position && _cursor.Read())
        {
            // Read on to it.
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

    sealed class CursorFactory : IRecordConsumer<IRecordCursor>
    {
        public IRecordCursor Use<TRecords>(TRecords records)
            where TRecords : struct, ITextRecords => new Cursor<TRecords>(records);
    }

    sealed class Cursor<TRecords>(TRecords records) : IRecordCursor where TRecords : struct, ITextRecords
    {
        public long Position => records.Position;

        public byte[] Raw => records.Raw.ToArray();

        public bool Read() => records.Read() != RecordKind.End;

        public void Dispose() => records.Dispose();
    }
}
