using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads one open range of a file into batches, cut at record ends.</summary>
/// <remarks>Hot: <see cref="Fill"/> is the loop over the records.</remarks>
sealed class BatchFiller : IDisposable
{
    const int Headroom = 64 * 1024;
    const long LongestRange = 1L << 30;
    const int RecordsBetweenLooksAtTheClock = 1024;

    readonly RecordReader _reader;
    readonly RowWriter _writer;
    readonly PipelineOptions _options;
    readonly TimeProvider _time;
    readonly ByteRange _range;
    RecordKind _waiting;  // a record that was read and belongs to the next batch
    bool _hasWaiting;

    public BatchFiller(
        SafeFileHandle handle, ByteRange range, RecordPosition position, CopyPlan plan, CsvOptions dialect,
        PipelineOptions options, ContentHash hash, TimeProvider time)
    {
        _options = options;
        _time = time;
        _range = range;
        _writer = new RowWriter(plan);
        _reader = new RecordReader(handle, range, dialect, position.Line, hash) { ExpectedFields = plan.FieldCount };
        NextOffset = range.Start;
        Next = position;
    }

    /// <summary>Where the next batch starts.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Which record and line that is.</summary>
    public RecordPosition Next { get; private set; }

    /// <summary>Whether the range is read to its end.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Whether the file was shorter than the range.</summary>
    public bool EndedEarly => _reader.EndedEarly;

    /// <summary>Fills until the batch is full or the range ends, then seals it.</summary>
    public void Fill(RowBatch batch)
    {
        var begun = _time.GetTimestamp();
        var limit = Math.Max(Headroom, _options.BatchBytes - Headroom);
        while (true)
        {
            var kind = _hasWaiting ? _waiting : _reader.Read();
            _hasWaiting = false;
            if (kind == RecordKind.End)
            {
                AtEnd = true;
                Seal(batch, _range.End, Math.Max(_reader.Line + 1, batch.FirstLine), begun); // nothing starts here, or it has its own number
                return;
            }

            if (batch.Records > 0 && IsFull(batch, limit, begun))
            {
                _waiting = kind;
                _hasWaiting = true;
                Seal(batch, _reader.Offset, _reader.Line, begun);
                return;
            }

            switch (kind)
            {
                case RecordKind.Data:
                    _writer.Write(_reader, batch);
                    break;
                case RecordKind.Blank:
                    batch.Skipped++;
                    break;
                default:
                    RowWriter.WriteBroken(_reader, batch, kind, _options.Csv.MaxRecordBytes);
                    break;
            }

            batch.Records++;
        }
    }

    public void Dispose() => _reader.Dispose();

    bool IsFull(RowBatch batch, int limit, long begun) =>
        batch.Records >= _options.BatchRecords
        || batch.Length >= limit
        || batch.SideBytes >= limit / 4
        || _reader.Offset - batch.StartOffset >= LongestRange
        || (batch.Records % RecordsBetweenLooksAtTheClock == 0 && _time.GetElapsedTime(begun) >= _options.BatchTime);

    void Seal(RowBatch batch, long endOffset, long nextLine, long begun)
    {
        batch.Seal(endOffset, nextLine);
        batch.ReadTime = _time.GetElapsedTime(begun);
        NextOffset = endOffset;
        Next = new RecordPosition(batch.FirstRecord + batch.Records, nextLine);
    }
}
