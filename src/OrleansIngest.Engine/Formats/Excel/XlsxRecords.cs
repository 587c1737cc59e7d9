using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>Reads the rows of one span of a sheet. A position is the number of a row of the sheet, from 0; missing rows are
/// gaps.</summary>
sealed class XlsxRows : IDisposable
{
    readonly XlsxLayout _layout;
    readonly PositionSpan _span;
    readonly Workbook _workbook;
    readonly SheetRows _rows;

    public XlsxRows(ByteContent content, PositionSpan span, XlsxLayout layout, ExcelOptions options)
    {
        (_layout, _span, Texts) = (layout, span, new FieldTexts(layout.FieldCount));
        _workbook = Workbook.Open(content);
        var range = layout.IsClosed ? layout.Range : layout.Range with { FirstColumn = 1, LastColumn = int.MaxValue };
        range = range with { FirstRow = (int)Math.Max(range.FirstRow, Math.Min(span.Start + 1, int.MaxValue)) };
        _rows = new SheetRows(_workbook, _workbook.Choose(layout.Sheet), range, options);
        Position = span.Start;
    }

    /// <summary>The row's number from 0; after the last, where the span ended.</summary>
    public long Position { get; private set; }

    /// <summary>The row's number as Excel shows it.</summary>
    public long Line => Position + 1;

    /// <summary>The current row's fields.</summary>
    public FieldTexts Texts { get; }

    /// <summary>Why the current row is broken.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>The current row as a JSON object.</summary>
    public ReadOnlySpan<byte> Raw => Texts.ToJson(_layout.NameBytes);

    /// <summary>Advances to the next row.</summary>
    public RecordKind Read()
    {
        try
        {
            var isThere = _rows.Next();
            Position = Math.Min(_rows.Row - 1, _span.End);
            if (!isThere || Position >= _span.End) return RecordKind.End;
        }
        catch (Exception failure) when (Workbook.IsReading(failure))
        {
            throw new BrokenContentException($"sheet \"{_layout.Sheet}\", after row {Position + 1}: the cells cannot be "
                + $"read: {failure.Message}", failure);
        }

        return Take();
    }

    public void Dispose()
    {
        _rows.Dispose();
        _workbook.Dispose();
    }

    RecordKind Take()
    {
        Texts.Clear();
        var (field, outside) = (0, 0);
        foreach (var (column, text) in _rows.Cells)
        {
            var at = column - _layout.Range.FirstColumn;
            if (at < field || at >= _layout.FieldCount)
            {
                outside = column;
                continue;
            }

            while (field < at) Null(field++);
            Texts.Begin(field);
            var room = Texts.Reserve(3 * text.Length);
            Texts.Advance(Encoding.UTF8.GetBytes(text, room));
            Texts.End(field++, isNull: false);
        }

        while (field < _layout.FieldCount) Null(field++);
        if (_rows.Problem is { } problem) return Refuse(RejectReason.BadValue, problem);
        if (outside > 0)
        {
            return Refuse(
                RejectReason.FieldCount,
                $"cell {SheetRows.NameOf(outside)}{Line} has a value outside the columns of the header row; \"excel\": {{ "
                    + $"\"range\": … }} selects the columns to load");
        }

        if (_rows.Cells.Count == 0) return RecordKind.Blank;
        if (Texts.IsClean) return RecordKind.Data;
        Fault = Texts.Fault(_layout.Names);
        return RecordKind.Broken;
    }

    void Null(int field)
    {
        Texts.Begin(field);
        Texts.End(field, isNull: true);
    }

    RecordKind Refuse(string reason, string detail)
    {
        Fault = new RecordFault(reason, detail);
        return RecordKind.Broken;
    }
}

/// <summary>The records of <see cref="XlsxRows"/>.</summary>
readonly struct XlsxRecords(XlsxRows rows) : ITextRecords
{
    public RecordKind Read() => rows.Read();

    public long Position => rows.Position;

    public long Line => rows.Line;

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
