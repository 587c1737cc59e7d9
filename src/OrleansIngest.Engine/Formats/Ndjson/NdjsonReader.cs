using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Ndjson;

/// <summary>Reads the records of one span of NDJSON: one object per line. Any other line is one broken record, and reading
/// continues at the next.</summary>
/// <remarks>Hot: <see cref="Read"/> allocates nothing for a valid record.</remarks>
sealed class NdjsonReader(ByteContent content, PositionSpan span, JsonLayout layout, long firstLine,
    int maxRecordBytes) : IDisposable
{
    readonly LineReader _lines = new(content, span, firstLine, maxRecordBytes);
    readonly JsonRecord _record = new(layout);
    RecordFault _fault;

    /// <summary>Where the records come from.</summary>
    public LineReader Lines => _lines;

    /// <summary>The current record's fields.</summary>
    public JsonRecord Record => _record;

    /// <summary>Why the current record is broken.</summary>
    public RecordFault Fault => _fault;

    /// <summary>Advances to the next record.</summary>
    public RecordKind Read()
    {
        if (!_lines.Next()) return RecordKind.End;
        if (_lines.FullLength > maxRecordBytes)
        {
            _fault = JsonFaults.TooLong(_lines.FullLength, _lines.Length, maxRecordBytes);
            return RecordKind.Broken;
        }

        if (!_lines.Text.ContainsAnyExcept(" \t\r"u8)) return RecordKind.Blank;
        if (!_lines.IsClean && JsonFaults.OfText(_lines.Text) is { } fault)
        {
            _fault = fault;
            return RecordKind.Broken;
        }

        if (_record.Parse(_lines.Buffer, _lines.Start, _lines.Length)) return RecordKind.Data;
        _fault = _record.Fault;
        return RecordKind.Broken;
    }

    public void Dispose() => _lines.Dispose();
}
