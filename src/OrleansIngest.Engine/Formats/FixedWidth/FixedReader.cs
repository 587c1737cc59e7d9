using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.FixedWidth;

/// <summary>Reads the records of one span of text with fields of fixed width: one per line.</summary>
/// <remarks>Hot: <see cref="Read"/> and the accessors allocate nothing for a valid record.</remarks>
sealed class FixedReader(ByteContent content, PositionSpan span, FixedOptions options, long firstLine) : IDisposable
{
    readonly LineReader _lines = new(content, span, firstLine, options.MaxRecordBytes);
    readonly (int Start, int After, FixedTrim Trim)[] _columns = [.. options.Columns.Select(c => (c.Start - 1, c.After, c.Trim))];
    readonly int _width = options.Columns.Max(c => c.After);
    byte[] _text = [];      // the line, with expanded tabs
    int _start;
    int _length;
    int[] _places = [];     // where each character starts, for a line that is not ASCII
    int _characters;
    bool _hasPlaces;
    byte[] _expanded = [];

    /// <summary>Where the records come from.</summary>
    public LineReader Lines => _lines;

    /// <summary>Why the current record is broken.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>Length in bytes of the text that contains the fields.</summary>
    public int TextBytes => _length;

    /// <summary>Advances to the next record.</summary>
    public RecordKind Read()
    {
        if (!_lines.Next()) return RecordKind.End;
        if (_lines.FullLength > options.MaxRecordBytes)
        {
            return Refuse(
                RejectReason.TooLong,
                $"the line has {Counted.Of(_lines.FullLength, "byte")}, more than {options.MaxRecordBytes} "
                    + $"(fixed.maxRecordBytes); its first {Counted.Of(_lines.Length, "byte")} are kept");
        }

        var line = _lines.Text;
        if (_lines.Line <= options.HeaderLines || line.TrimEnd(" \t"u8).IsEmpty) return RecordKind.Blank;
        if (!_lines.IsClean && JsonFaults.OfText(line) is { } fault)
        {
            Fault = fault;
            return RecordKind.Broken;
        }

        (_text, _start, _length) = (_lines.Buffer, _lines.Start, _lines.Length);
        var tab = line.IndexOf((byte)'\t');
        if (tab >= 0 && options.Tabs == 0)
        {
            return Refuse(
                RejectReason.FieldCount,
                $"there is a TAB at byte {tab + 1} of the line, and its width is not configured; \"fixed\": {{ "
                    + $"\"tabs\": 8 }} sets the width, 1 counts it as one character");
        }

        if (tab >= 0 && options.Tabs > 1) Expand(line);
        FindPlaces();
        return Check();
    }

    /// <summary>A field's value.</summary>
    public ReadOnlySpan<byte> Field(int index)
    {
        var (from, after, trim) = _columns[index];
        var text = Slice(from, after);
        return trim switch
        {
            FixedTrim.Both => text.Trim((byte)' '),
            FixedTrim.Left => text.TrimStart((byte)' '),
            FixedTrim.Right => text.TrimEnd((byte)' '),
            _ => text,
        };
    }

    /// <summary>Whether a field is NULL: blank, or missing.</summary>
    public bool IsNull(int index) => _columns[index].Trim != FixedTrim.None || _columns[index].Start >= _characters;

    public void Dispose() => _lines.Dispose();

    RecordKind Check()
    {
        if (_characters < _width && options.ShortLines == ShortLinePolicy.Reject)
        {
            return Refuse(
                RejectReason.FieldCount,
                $"the line ends at character {_characters}, but its fields end at {_width}; \"fixed\": {{ \"shortLines\": "
                    + $"\"fit\" }} pads short lines with spaces");
        }

        if (_characters > _width && options.LongLines == LongLinePolicy.Reject
            && Slice(_width, _characters).ContainsAnyExcept(" \t"u8))
        {
            return Refuse(
                RejectReason.FieldCount,
                $"the line has text after character {_width}, where its last field ends; \"fixed\": {{ \"longLines\": "
                    + $"\"ignore\" }} ignores it");
        }

        return RecordKind.Data;
    }

    ReadOnlySpan<byte> Slice(int from, int after)
    {
        if (from >= _characters) return default;
        after = Math.Min(after, _characters);
        return _hasPlaces ? _text.AsSpan((_start + _places[from])..(_start + _places[after]))
            : _text.AsSpan(_start + from, after - from);
    }

    /// <summary>Finds where characters start, unless each is one byte.</summary>
    void FindPlaces()
    {
        var line = _text.AsSpan(_start, _length);
        _hasPlaces = options.Unit == FixedUnit.Characters && !System.Text.Ascii.IsValid(line);
        _characters = _length;
        if (!_hasPlaces) return;
        if (_places.Length <= _length) _places = new int[2 * _length + 1];
        _characters = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if ((line[i] & 0xC0) != 0x80) _places[_characters++] = i;
        }

        _places[_characters] = _length;
    }

    /// <summary>Expands each tab to spaces, up to the next multiple. Cold.</summary>
    void Expand(ReadOnlySpan<byte> line)
    {
        if (_expanded.Length < options.Tabs * line.Length) _expanded = new byte[options.Tabs * line.Length];
        var (length, place) = (0, 0);
        foreach (var letter in line)
        {
            if (letter != '\t')
            {
                _expanded[length++] = letter;
                if (options.Unit == FixedUnit.Bytes || (letter & 0xC0) != 0x80) place++;
                continue;
            }

            do _expanded[length++] = (byte)' ';
            while (++place % options.Tabs != 0);
        }

        (_text, _start, _length) = (_expanded, 0, length);
    }

    RecordKind Refuse(string reason, string detail)
    {
        Fault = new RecordFault(reason, detail);
        return RecordKind.Broken;
    }
}
