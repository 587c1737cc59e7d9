using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>A sheet of an Excel workbook. Positions are rows.</summary>
sealed class XlsxFormat(ExcelOptions options) : IRecordFormat
{
    /// <summary>Rows sampled to find the used columns of a sheet without names.</summary>
    const int SampledRows = 1000;

    public string Name => "xlsx";

    public PositionUnit UnitOver(PositionUnit bytes) => PositionUnit.Row;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        var wanted = options.Range is { } text ? CellRange.Parse(text)!.Value : new CellRange(1, 1, int.MaxValue, int.MaxValue);
        try
        {
            using var workbook = Workbook.Open(content);
            var sheet = workbook.Choose(options.Sheet);
            using var rows = new SheetRows(workbook, sheet, wanted, new ExcelOptions());
            var layout = options.Header ? WithNames(rows, wanted) : WithoutNames(rows, wanted);
            return layout with { Sheet = sheet.Name, Findings = Findings(workbook, sheet) };
        }
        catch (Exception failure) when (Workbook.IsReading(failure))
        {
            throw new LayoutException($"the workbook cannot be read: {failure.Message}");
        }
    }

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) =>
        user.Use(new XlsxRecords(new XlsxRows(content, span, (XlsxLayout)layout, options)));

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount)
    {
        var range = options.Range is { } text ? CellRange.Parse(text)!.Value : new CellRange(1, 1, int.MaxValue, int.MaxValue);
        return options.Header
            ? Of([.. names], range, isByName: true)
            : Of([.. Enumerable.Range(1, fieldCount).Select(Letters)], range, isByName: false);
    }

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user)
    {
        var sheet = (XlsxLayout)layout;
        return RejectedObject.Open(raw, [.. sheet.NameBytes.Select(Encoding.UTF8.GetString)], sheet.Forms, user);
    }

    XlsxLayout WithNames(SheetRows rows, CellRange wanted)
    {
        while (rows.Next())
        {
            if (rows.Cells.Count == 0) continue;
            if (rows.Problem is { } problem) throw new LayoutException($"{problem}, in the header row");
            var first = options.Range is null ? rows.Cells[0].Column : wanted.FirstColumn;
            var last = wanted.LastColumn < int.MaxValue ? wanted.LastColumn : rows.Cells[^1].Column;
            var names = new string[last - first + 1];
            Array.Fill(names, "");
            foreach (var (column, text) in rows.Cells) names[column - first] = text;
            return Of(names, wanted with { FirstColumn = first, LastColumn = last, FirstRow = rows.Row + 1 }, isByName: true);
        }

        throw new LayoutException("the sheet has no header row" + (options.Range is { } range ? $" in {range}" : ""));
    }

    XlsxLayout WithoutNames(SheetRows rows, CellRange wanted)
    {
        var (first, last) = (int.MaxValue, 0);
        for (var row = 0; row < SampledRows && rows.Next(); row++)
        {
            if (rows.Cells.Count == 0) continue;
            first = Math.Min(first, rows.Cells[0].Column);
            last = Math.Max(last, rows.Cells[^1].Column);
        }

        if (options.Range is not null) first = wanted.FirstColumn;
        if (wanted.LastColumn < int.MaxValue) last = wanted.LastColumn;
        if (last < first) throw new LayoutException("the sheet has no cell with a value");
        var range = wanted with { FirstColumn = first, LastColumn = last };
        return Of([.. Enumerable.Range(1, last - first + 1).Select(Letters)], range, isByName: false);
    }

    XlsxLayout Of(string[] names, CellRange range, bool isByName) => new()
    {
        Names = isByName ? names : [],
        NameBytes = UniqueNames(names),
        FieldCount = names.Length,
        IsByName = isByName,
        Sheet = "",
        Range = range,
        IsClosed = options.Range is not null && CellRange.Parse(options.Range)!.Value.LastColumn < int.MaxValue,
    };

    /// <summary>Unique names, as keys of the JSON objects that store rejects: a duplicate gets its column's number.</summary>
    static byte[][] UniqueNames(string[] names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. names.Select((name, i) => Encoding.UTF8.GetBytes(taken.Add(name) ? name : $"{name}#{i + 1}"))];
    }

    /// <summary>The name of a field in a reject of a sheet without names: A is the first field, whatever its column.</summary>
    static string Letters(int field) => SheetRows.NameOf(field);

    string[] Findings(Workbook workbook, Sheet sheet) =>
        options.Sheet is null && workbook.Sheets.Count > 1 ? [$"sheet: {sheet.Name}"] : [];
}
