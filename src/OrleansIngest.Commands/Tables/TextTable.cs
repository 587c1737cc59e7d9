using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansIngest.Commands.Tables;

/// <summary>Rows for people: a table on a terminal, and columns between tabs for <c>cut</c> and <c>awk</c> when
/// the output goes elsewhere.</summary>
sealed class TextTable(params TextColumn[] columns)
{
    readonly List<string[]> _rows = [];

    /// <summary>What is said instead when there are no rows. Default: nothing at all.</summary>
    public string? WhenEmpty { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>All columns.</summary>
    public IReadOnlyList<TextColumn> Columns => columns;

    /// <summary>The rows' values, without characters that a terminal would obey.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <summary>Adds a row; null is an empty cell.</summary>
    public void Add(params string?[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"cells: {cells.Length}, columns: {columns.Length}", nameof(cells));
        _rows.Add([.. cells.Select(c => SafeText.Of(c ?? ""))]);
    }

    /// <summary>For a terminal: columns that do not fit are left out, the least important first; only long texts wrap, and paths
    /// lose their beginning.</summary>
    /// <param name="width">Of the terminal, characters.</param>
    public IRenderable ToRenderable(int width)
    {
        if (_rows.Count == 0) return new Markup(Markup.Escape(WhenEmpty ?? ""), new Style(decoration: Decoration.Dim));
        var layout = Layout(width);
        var table = new Table { Border = TableBorder.Simple, Expand = false };
        foreach (var i in layout.Shown)
        {
            table.AddColumn(new TableColumn(new Text(columns[i].Name, new Style(decoration: Decoration.Bold)))
            {
                Alignment = columns[i].IsNumber ? Justify.Right : Justify.Left,
                NoWrap = columns[i].IsPath || Needed(i) <= TableLayout.Whole,
            });
        }

        foreach (var row in _rows)
            table.AddRow(layout.Shown.Select(i => new Text(Shown(row[i], i, layout), new Style(CellColor.Of(row[i])))));
        return table;
    }

    /// <summary>Which columns fit, and how wide they are.</summary>
    public TableLayout Layout(int width) => new(columns, [.. columns.Select((_, i) => Needed(i))], width);

    int Needed(int column) => Math.Max(columns[column].Name.Length, _rows.Count == 0 ? 0 : _rows.Max(r => r[column].Length));

    string Shown(string cell, int column, TableLayout layout) =>
        columns[column].IsPath ? TableLayout.Cut(cell, layout.WidthOf(column), isPath: true) : cell;

    /// <summary>For a file or another program: a line of names, then a line for each row.</summary>
    public void WritePlain(TextWriter output)
    {
        if (_rows.Count == 0)
        {
            if (WhenEmpty is not null) output.WriteLine(WhenEmpty);
            return;
        }

        output.WriteLine(string.Join('\t', columns.Select(c => c.Name)));
        foreach (var row in _rows) output.WriteLine(string.Join('\t', row));
    }
}

/// <summary>States wear the colours that they have on the pages.</summary>
static class CellColor
{
    /// <summary>The colour of a cell; the terminal's own for most.</summary>
    public static Color Of(string cell) => cell switch
    {
        "loaded" or "running" or "alive" or "replayed" => Color.Green,
        "loading" or "draining" or "ready" => Color.Blue,
        "failed" or "paused" or "stalled" or "no-coordinator" or "waiting-for-database" or "warning" or "open"
            or "loaded-with-rejects" => Color.Yellow,
        "quarantined" or "all-rejected" or "dead" or "silent" or "critical" => Color.Red,
        _ => Color.Default,
    };

    /// <summary>The same as a code of the terminal; null for its own.</summary>
    public static string? CodeOf(string cell) => Of(cell) switch
    {
        var color when color == Color.Green => "32",
        var color when color == Color.Blue => "34",
        var color when color == Color.Yellow => "33",
        var color when color == Color.Red => "31",
        _ => null,
    };
}
