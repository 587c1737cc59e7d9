using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Encodes the records of a span, whatever their format.</summary>
/// <remarks>Hot: <see cref="Fill"/> is the loop over the records. The records are a struct, so
/// that it calls them directly.</remarks>
sealed class TextBatchReader<TRecords> : IBatchReader where TRecords : struct, ITextRecords
{
    const int Headroom = 64 * 1024;
    const long LongestSpan = 1L << 30;
    const int RecordsBetweenLooksAtTheClock = 1024;

    readonly RowWriter _writer;
    readonly PipelineOptions _options;
    readonly TimeProvider _time;
    TRecords _records;
    RecordKind _waiting;  // a record that was read and belongs to the next batch
    bool _hasWaiting;

    /// <param name="records">The records of the span; owned.</param>
    /// <param name="start">Where the span starts.</param>
    /// <param name="position">The record number and line of its start.</param>
    /// <param name="plan">How rows are written.</param>
    /// <param name="options">Determine the size of batches.</param>
    /// <param name="time">For the duration of a batch.</param>
    public TextBatchReader(TRecords records, long start, RecordPosition position, CopyPlan plan, PipelineOptions options,
        TimeProvider time)
    {
        _records = records;
        _options = options;
        _time = time;
        _writer = new RowWriter(plan);
        NextOffset = start;
        Next = position;
    }

    /// <inheritdoc/>
    public long NextOffset { get; private set; }

    /// <inheritdoc/>
    public RecordPosition Next { get; private set; }

    /// <inheritdoc/>
    public bool AtEnd { get; private set; }

    /// <inheritdoc/>
    public bool EndedEarly => _records.EndedEarly;

    /// <inheritdoc/>
    public long StopAt { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    public void Fill(EncodedRows rows)
    {
        var begun = _time.GetTimestamp();
        var limit = Math.Max(Headroom, _options.BatchBytes - Headroom);
        while (true)
        {
            var kind = _hasWaiting ? _waiting : _records.Read();
            _hasWaiting = false;
            if (kind == RecordKind.End)
            {
                AtEnd = true;
                // Nothing starts here, or it has its own number.
                Seal(rows, _records.Position, rows.FirstLine == 0 ? 0 : Math.Max(_records.Line + 1, rows.FirstLine), begun);
                return;
            }

            if (_records.Position >= StopAt)
            {
                AtEnd = true;
                Seal(rows, _records.Position, _records.Line, begun);
                return;
            }

            if (rows.Records > 0 && IsFull(rows, limit, begun))
            {
                _waiting = kind;
                _hasWaiting = true;
                Seal(rows, _records.Position, _records.Line, begun);
                return;
            }

            switch (kind)
            {
                case RecordKind.Data:
                    _writer.Write(ref _records, rows);
                    break;
                case RecordKind.Blank:
                    rows.Skipped++;
                    break;
                default:
                    var (reason, detail) = _records.Fault;
                    RecordRejects.Add(ref _records, rows, reason, null, detail);
                    break;
            }

            rows.Records++;
        }
    }

    public void Dispose() => _records.Dispose();

    bool IsFull(EncodedRows rows, int limit, long begun) =>
        rows.Records >= _options.BatchRecords
        || rows.Length >= limit
        || rows.SideBytes >= limit / 4
        || _records.Position - rows.StartOffset >= LongestSpan
        || (rows.Records % RecordsBetweenLooksAtTheClock == 0 && _time.GetElapsedTime(begun) >= _options.BatchTime);

    void Seal(EncodedRows rows, long endOffset, long nextLine, long begun)
    {
        rows.Seal(endOffset, nextLine, _time.GetElapsedTime(begun));
        NextOffset = endOffset;
        Next = new RecordPosition(rows.FirstRecord + rows.Records, nextLine);
    }
}
