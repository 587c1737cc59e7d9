using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using Parquet;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Reads the rows of one span of a Parquet file, a row group at a time. A span may start at any row; reading starts with
/// its row group.</summary>
/// <remarks>Hot: <see cref="Read"/> allocates nothing, except where a row group starts.</remarks>
sealed class ParquetRows : IDisposable
{
    readonly ParquetLayout _layout;
    readonly PositionSpan _span;
    readonly ParquetReader _reader;
    readonly IReadOnlyList<ParquetNode> _fields;
    readonly FieldTexts _texts;
    int _group = -1;
    long _groupStart;
    long _groupRows;

    public ParquetRows(ByteContent content, PositionSpan span, ParquetLayout layout)
    {
        (_layout, _span, Position) = (layout, span, span.Start - 1);
        _reader = ParquetFile.Open(content);
        _fields = ParquetTree.Of(_reader);
        _texts = new FieldTexts(_fields.Count);
    }

    /// <summary>The row's number, from 0; after the last, where the span ended.</summary>
    public long Position { get; private set; }

    /// <summary>The current row's fields.</summary>
    public FieldTexts Texts => _texts;

    /// <summary>Why the current row is broken.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>The current row as a JSON object.</summary>
    public ReadOnlySpan<byte> Raw => _texts.ToJson(_layout.NameBytes);

    /// <summary>Advances to the next row.</summary>
    /// <exception cref="BrokenContentException">The stored data does not decode.</exception>
    public RecordKind Read()
    {
        Position++;
        if (Position >= _span.End) return End();
        while (Position >= _groupStart + _groupRows)
        {
            if (!NextGroup()) return End();
        }

        _texts.Clear();
        var field = 0;
        try
        {
            for (; field < _fields.Count; field++)
            {
                var form = _layout.FormOf(field);
                _texts.Begin(field);
                var isThere = _fields[field].Write(_texts, form);
                _texts.End(field, !isThere, form == FieldForm.Json || _fields[field] is not LeafNode && form != FieldForm.Array);
            }
        }
        catch (Exception failure) when (ParquetFile.IsDecoding(failure))
        {
            throw ParquetFile.Broken(_group, _fields[field].Name, failure);
        }

        if (_texts.IsClean) return RecordKind.Data;
        Fault = _texts.Fault(_layout.Names);
        return RecordKind.Broken;
    }

    public void Dispose()
    {
        foreach (var leaf in _fields.SelectMany(field => field.Leaves)) leaf.Dispose();
    }

    RecordKind End()
    {
        Position = Math.Min(Position, _span.End);
        return RecordKind.End;
    }

    bool NextGroup()
    {
        _groupStart += _groupRows;
        if (++_group >= _reader.RowGroupCount) return false;
        var group = _reader.OpenRowGroupReader(_group);
        _groupRows = group.RowCount;
        if (Position >= _groupStart + _groupRows) return true; // all of it precedes the span
        foreach (var field in _fields)
        {
            try
            {
                foreach (var leaf in field.Leaves)
                {
                    leaf.Load(group);
                    leaf.SkipRows(Position - _groupStart);
                }
            }
            catch (Exception failure) when (ParquetFile.IsDecoding(failure))
            {
                throw ParquetFile.Broken(_group, field.Name, failure);
            }
        }

        return true;
    }
}

/// <summary>The records of <see cref="ParquetRows"/>.</summary>
readonly struct ParquetRecords(ParquetRows rows) : ITextRecords
{
    public RecordKind Read() => rows.Read();

    public long Position => rows.Position;

    public long Line => 0;

    public int FieldCount => rows.Texts.Count;

    public ReadOnlySpan<byte> Raw => rows.Raw;

    public int FieldBytes => rows.Texts.Length;

    public bool IsCleanText => true; // rows with unclean text are already broken

    public ReadOnlySpan<byte> Field(int index) => rows.Texts[index];

    public bool IsNull(int index) => rows.Texts.IsNull(index);

    public RecordFault Fault => rows.Fault;

    public bool EndedEarly => false;

    public void Dispose() => rows.Dispose();
}
