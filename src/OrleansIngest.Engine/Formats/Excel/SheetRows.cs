using System.Globalization;
using System.Text;
using System.Xml;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>Reads the rows of a sheet, one after the other, with the cells of some columns.</summary>
/// <param name="workbook">Not owned.</param>
/// <param name="sheet">One of its sheets.</param>
/// <param name="range">Which rows and columns.</param>
/// <param name="options">Which values are NULL.</param>
sealed class SheetRows(Workbook workbook, Sheet sheet, CellRange range, ExcelOptions options) : IDisposable
{
    readonly XmlReader _xml = workbook.OpenCells(sheet);
    readonly List<(int Column, string Text)> _cells = [];
    bool _isOver;
    int _nextRow = 1;

    /// <summary>The current row's number, from 1; after the last row, the next number.</summary>
    public int Row { get; private set; }

    /// <summary>The cells of the current row that have a value, with their columns from 1.</summary>
    public IReadOnlyList<(int Column, string Text)> Cells => _cells;

    /// <summary>Why the current row is invalid: the first of its cells with an error; otherwise null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Advances to the next existing row, up to the range's last.</summary>
    public bool Next()
    {
        _cells.Clear();
        Problem = null;
        while (!_isOver && _xml.Read())
        {
            if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "row") continue;
            Row = int.TryParse(_xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : _nextRow;
            if (Row < _nextRow) throw new InvalidDataException($"row {Row} comes after row {_nextRow - 1}");
            _nextRow = Row + 1;
            if (Row > range.LastRow) break;
            ReadCells(isWanted: Row >= range.FirstRow);
            if (Row >= range.FirstRow) return true;
        }

        _isOver = true;
        Row = Math.Min(_nextRow, range.LastRow == int.MaxValue ? int.MaxValue : range.LastRow + 1);
        return false;
    }

    public void Dispose() => _xml.Dispose();

    void ReadCells(bool isWanted)
    {
        if (_xml.IsEmptyElement) return;
        var depth = _xml.Depth;
        var column = 0;
        while (_xml.Read() && _xml.Depth > depth)
        {
            if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "c") continue;
            column = _xml.GetAttribute("r") is { } reference && CellRange.Corner(reference) is { Column: > 0 } corner
                ? corner.Column : column + 1;
            if (isWanted && column >= range.FirstColumn && column <= range.LastColumn) ReadCell(column);
        }
    }

    void ReadCell(int column)
    {
        var type = _xml.GetAttribute("t");
        var style = int.TryParse(_xml.GetAttribute("s"), out var number) ? number : 0;
        if (_xml.IsEmptyElement) return;
        var depth = _xml.Depth;
        string? value = null;
        var hasFormula = false;
        while (_xml.Read() && _xml.Depth > depth)
        {
            if (_xml.NodeType != XmlNodeType.Element) continue;
            if (_xml.LocalName == "v") value = Workbook.ElementText(_xml);
            else if (_xml.LocalName == "is") value = Workbook.RichText(_xml);
            else if (_xml.LocalName == "f") hasFormula = true;
        }

        if (value is null && hasFormula) Fail(column, "has a formula but no value: open the workbook in Excel and save it");
        if (string.IsNullOrEmpty(value)) return;
        if (TextOf(type, style, value, column) is { Length: > 0 } text && !options.NullValues.Contains(text))
            _cells.Add((column, text));
    }

    string? TextOf(string? type, int style, string value, int column)
    {
        switch (type)
        {
            case "s":
                return workbook.Text(int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? index : -1);
            case "str" or "inlineStr":
                return CellText.Unescape(value);
            case "b":
                return value.Trim() == "1" ? "true" : "false";
            case "d":
                return value.Replace('T', ' ');
            case "e":
                if (options.NullValues.Contains(value)) return null;
                Fail(column, $"is the error {value}; \"excel\": {{ \"nullValues\": [\"{value}\"] }} loads it as NULL");
                return null;
        }

        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            Fail(column, $"should be a number, but is {value}");
            return null;
        }

        var kind = workbook.FormatOf(style);
        if (kind == CellNumber.Number) return CellText.Number(number);
        var text = CellText.Moment(number, kind, workbook.Is1904, out var problem);
        if (problem is not null) Fail(column, problem);
        return text;
    }

    void Fail(int column, string what) => Problem ??= $"cell {NameOf(column)}{Row} {what}";

    /// <summary>A column's letters.</summary>
    public static string NameOf(int column)
    {
        var name = new StringBuilder();
        for (; column > 0; column = (column - 1) / 26) name.Insert(0, (char)('A' + (column - 1) % 26));
        return name.ToString();
    }
}
