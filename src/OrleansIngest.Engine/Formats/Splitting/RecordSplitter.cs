using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>
/// Divides a span of an input into parts of whole records, several times faster than records can be read: it searches only for
/// quotes and line breaks, 64 bytes at a time. If a quote is broken or a record is too long, the reader of the format determines
/// where the record ends (<see cref="RecordWalk"/>), so that the parts are those that a single reader would find, whatever the
/// file contains.
/// </summary>
/// <remarks>Hot: <see cref="Scan"/> allocates nothing. <c>RecordSplitterTests</c> compares it with the readers.</remarks>
sealed class RecordSplitter : IDisposable
{
    const int ChunkBytes = 256 * 1024;

    /// <summary>How far the reader continues after a broken record: broken records tend to cluster.</summary>
    const long WalkBytes = 32 * 1024;

    readonly RecordInput _input;
    readonly SplitSigns _signs;
    readonly long _longest;
    readonly long _end;
    byte[] _chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes + QuoteBlock.Length);
    long _base;       // offset of the chunk's first byte
    int _filled;
    int _at;          // offset in the chunk of the bytes not yet examined
    int _before = '\n'; // the byte before the chunk
    bool _isEnd;      // nothing follows the chunk
    ulong _inQuotes;
    long _line;       // at _at
    long _record;     // start of the open record
    long _number;
    long _recordLine;
    RecordBoundary _start;
    long _wantedOffset;
    long _wantedNumber;
    bool _isDone;

    /// <param name="input">The content, in stored bytes and not owned, and its layout.</param>
    /// <param name="signs">The special bytes of the input.</param>
    /// <param name="span">From a record's start to a record's end, in stored bytes.</param>
    /// <param name="position">The record number and line of its start.</param>
    public RecordSplitter(RecordInput input, SplitSigns signs, PositionSpan span, RecordPosition position)
    {
        (_input, _signs, _end) = (input, signs, span.End);
        _longest = Math.Min(signs.LongestRecord, long.MaxValue / 4);
        _start = new RecordBoundary(span.Start, position);
        (_base, _record, _number, _line) = (span.Start, span.Start, position.Record, position.Line);
        if (input.Layout is CsvLayout csv && span.Start < csv.BodyStart)
            (_base, _record, _line) = (Math.Min(csv.BodyStart, span.End), Math.Min(csv.BodyStart, span.End), csv.BodyLine);
        _recordLine = _line;
    }

    enum Outcome
    {
        /// <summary>The open record is left to the format's reader.</summary>
        Broken,

        /// <summary>The part is long enough, and a record starts here.</summary>
        Enough,

        /// <summary>The span has ended.</summary>
        Ended,

        /// <summary>None of these yet.</summary>
        More,
    }

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>The start of the next part.</summary>
    public RecordBoundary Next => _start;

    /// <summary>Finds the next part.</summary>
    /// <param name="bytes">The part ends with the record that reaches this many bytes.</param>
    /// <param name="records">Maximum number of records in a part.</param>
    /// <returns>Null at the end of the span.</returns>
    public SpanPart? Take(long bytes, long records)
    {
        if (_isDone) return null;
        (_wantedOffset, _wantedNumber) = (_start.Offset + bytes, _start.Position.Record + records);
        var outcome = Outcome.More;
        while (outcome is Outcome.More or Outcome.Broken) outcome = outcome == Outcome.Broken ? Walk() : Scan();
        _isDone = outcome == Outcome.Ended || _record == _end;
        var part = new SpanPart(_start, new RecordBoundary(_record, new RecordPosition(_number, _recordLine)), _isDone);
        _start = part.End;
        return part;
    }

    public void Dispose()
    {
        if (_chunk.Length > 0) ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = [];
    }

    Outcome Scan()
    {
        while (true)
        {
            // The byte after each block must be known, or that there is none.
            while (_filled - _at <= QuoteBlock.Length && !_isEnd) Fill();
            if (_at >= _filled) return End();
            while (_filled - _at > QuoteBlock.Length || (_isEnd && _at < _filled))
            {
                ref var bytes = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_chunk), _at);
                var length = Math.Min(_filled - _at, QuoteBlock.Length);
                var before = _base + _at == _record ? '\n' : _at > 0 ? _chunk[_at - 1] : _before;
                var behind = _filled - _at > QuoteBlock.Length ? _chunk[_at + QuoteBlock.Length] : -1;
                var block = QuoteBlock.Of(ref bytes, length, before, behind, _inQuotes, _signs);
                var ends = BitOperations.PopCount(block.Ends);
                var here = _base + _at;
                if (block.Faults != 0 || _number + ends >= _wantedNumber || here + QuoteBlock.Length >= _wantedOffset)
                {
                    if (OneByOne(block) is var outcome and not Outcome.More) return outcome;
                }
                else if (block.Ends != 0)
                {
                    if (here + BitOperations.TrailingZeroCount(block.Ends) - _record > _longest) return Outcome.Broken;
                    var last = BitOperations.Log2(block.Ends);
                    _record = here + last + 1;
                    _recordLine = _line
                        + BitOperations.PopCount(block.Breaks & (ulong.MaxValue >> (QuoteBlock.Length - 1 - last)));
                    _number += ends;
                }
                else if (here + length - _record > _longest + 2)
                {
                    return Outcome.Broken; // whatever follows
                }

                _line += BitOperations.PopCount(block.Breaks);
                _inQuotes = block.InQuotes;
                _at += length;
            }
        }
    }

    /// <summary>Processes a block in which the part may end, or a quote is broken.</summary>
    Outcome OneByOne(in QuoteBlock block)
    {
        var sound = block.Faults == 0 ? ulong.MaxValue : (block.Faults & (0 - block.Faults)) - 1;
        for (var ends = block.Ends & sound; ends != 0; ends &= ends - 1)
        {
            var end = BitOperations.TrailingZeroCount(ends);
            if (_base + _at + end - _record > _longest) return Outcome.Broken;
            _record = _base + _at + end + 1;
            _recordLine = _line + BitOperations.PopCount(block.Breaks & (ulong.MaxValue >> (QuoteBlock.Length - 1 - end)));
            _number++;
            if (!IsEnough) continue;
            GoTo(_record);
            return Outcome.Enough;
        }

        return block.Faults != 0 ? Outcome.Broken : Outcome.More;
    }

    bool IsEnough => _number >= _wantedNumber || _record >= _wantedOffset;

    Outcome End()
    {
        var end = _base + _filled;
        if (_inQuotes != 0 || end - _record > _longest) return Outcome.Broken;
        if (end > _record) _number++;
        _record = end;
        return Outcome.Ended;
    }

    /// <summary>Lets the reader of the format find the end of the open record, and of some more. Cold.</summary>
    Outcome Walk()
    {
        var until = _record + WalkBytes;
        using var walk = RecordWalk.From(_input,
            new RecordBoundary(_record, new RecordPosition(_number, _recordLine)), _end);
        var found = walk.Next(out _, out _);
        while (found && (found = walk.Next(out var offset, out var line)))
        {
            _number++;
            (_record, _recordLine) = (offset, line);
            if (!IsEnough && offset < until) continue;
            GoTo(offset);
            return IsEnough ? Outcome.Enough : Outcome.More;
        }

        EndedEarly |= walk.EndedEarly;
        _number++;
        GoTo(_end);
        _record = _end;
        return Outcome.Ended;
    }

    /// <summary>Continues at the start of a record.</summary>
    void GoTo(long offset)
    {
        (_line, _inQuotes) = (_recordLine, 0);
        if (offset >= _base && offset <= _base + _filled)
        {
            _at = (int)(offset - _base);
            return;
        }

        (_base, _filled, _at, _isEnd) = (offset, 0, 0, offset == _end);
    }

    void Fill()
    {
        if (_at > 0)
        {
            _before = _chunk[_at - 1];
            _chunk.AsSpan(_at, _filled - _at).CopyTo(_chunk);
            _base += _at;
            _filled -= _at;
            _at = 0;
        }

        var wanted = (int)Math.Min(ChunkBytes - _filled, _end - _base - _filled);
        var read = wanted <= 0 ? 0 : _input.Content.Read(_base + _filled, _chunk.AsSpan(_filled, wanted));
        EndedEarly |= wanted > 0 && read == 0;
        _filled += read;
        _isEnd = read == 0 || _base + _filled == _end;
    }
}
