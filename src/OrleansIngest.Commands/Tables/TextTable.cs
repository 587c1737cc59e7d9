namespace OrleansIngest.Commands.Tables;

/// <summary>Rows for people: a table on a terminal, and columns between tabs for <c>cut</c> and <c>awk</c> when
/// the output goes elsewhere.</summary>
sealed class TextTable(params TextColumn[] columns)
{
    /// <summary>Cells before the lines below a row.</summary>
    const int Indent = 4;

    readonly List<string[]> _rows = [];

    /// <summary>What is said instead when there are no rows. Default: nothing at all.</summary>
    public string? WhenEmpty { get; init; }

    /// <summary>How many of the first columns tell a row from all others, also after its other values have changed. Default:
    /// 1.</summary>
    public int IdentifyingColumns { get; init; } = 1;

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>All columns.</summary>
    public IReadOnlyList<TextColumn> Columns => columns;

    /// <summary>The rows' values, without characters that a terminal would obey.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <summary>What tells a row from all others.</summary>
    public string IdentityOf(IReadOnlyList<string> row) => string.Join('\n', row.Take(IdentifyingColumns));

    /// <summary>Adds a row; null is an empty cell.</summary>
    public void Add(params string?[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"cells: {cells.Length}, columns: {columns.Length}", nameof(cells));
        _rows.Add([.. cells.Select(c => SafeText.Of(c ?? ""))]);
    }

    /// <summary>For a terminal: columns that do not fit are left out, the least important first; a value longer than its column
    /// ends in …, a path begins with it, and sentences stand below their rows.</summary>
    /// <remarks>Written here and not by Spectre's tables, which break heads and values inside words to fit.</remarks>
    /// <param name="output">The terminal.</param>
    /// <param name="width">Of the terminal, cells: no line is longer.</param>
    /// <param name="style">Which codes of the terminal are used.</param>
    public void WriteTerminal(TextWriter output, int width, TableStyle style)
    {
        if (_rows.Count == 0)
        {
            foreach (var line in WhenEmpty is null ? [] : TextCells.Wrap(WhenEmpty, width)) output.WriteLine(style.Dim(line));
            return;
        }

        // Two cells before the first column, which the layout counts as those behind the last one.
        var layout = Layout(width);
        output.WriteLine();
        output.WriteLine(style.Bold(Line(layout.Shown.Select(i => Aligned(columns[i].Name, i, layout)))));
        output.WriteLine(" " + new string('─', layout.Shown.Sum(i => layout.WidthOf(i) + TableLayout.Gap) - 1));
        foreach (var row in _rows)
        {
            var cells = layout.Shown
                .Select(i => columns[i].Wraps ? TextCells.Wrap(row[i], layout.WidthOf(i)) : [row[i]]).ToArray();
            for (var at = 0; at < cells.Max(c => c.Count); at++)
            {
                output.WriteLine(Line(layout.Shown.Select((i, place) => at < cells[place].Count
                    ? style.Colored(Aligned(cells[place][at], i, layout), row[i]) : Aligned("", i, layout))));
            }

            foreach (var line in Below(row, layout, width - 2)) output.WriteLine("  " + line);
        }

        output.WriteLine();

        static string Line(IEnumerable<string> cells) => ("  " + string.Join(new string(' ', TableLayout.Gap), cells)).TrimEnd();
    }

    /// <summary>Which columns fit, and how wide they are.</summary>
    public TableLayout Layout(int width)
    {
        var needed = columns.Select((_, i) => Needed(i)).ToList();
        var fitsWhole = needed.Sum(cells => cells + TableLayout.Gap) <= width;
        return new TableLayout(
            columns, needed, width, IsEmpty, i => !fitsWhole && (columns[i].IsBelow || (columns[i].Rank > 0 && IsEmpty(i))));

        bool IsEmpty(int column) => _rows.TrueForAll(row => row[column].Length == 0);
    }

    /// <summary>The lines below a row: its sentence, after the values whose columns do not fit.</summary>
    public IReadOnlyList<string> Below(IReadOnlyList<string> row, TableLayout layout, int width)
    {
        var hidden = Enumerable.Range(0, columns.Length).Where(i => !layout.Shown.Contains(i) && row[i].Length > 0).ToList();
        var parts = hidden.Where(i => columns[i].Label is not null).Select(i => $"{columns[i].Label} {row[i]}")
            .Concat(hidden.Where(i => columns[i].IsBelow).Select(i => row[i]));
        var text = columns.Any(column => column.IsBelow) ? string.Join(" · ", parts) : "";
        return text.Length == 0 ? []
            : [.. TextCells.Wrap(text, Math.Max(1, width - Indent)).Select(line => new string(' ', Indent) + line)];
    }

    /// <summary>A value as it stands in its column: cut, and with blanks up to its width.</summary>
    public string Aligned(string value, int column, TableLayout layout)
    {
        var (width, isInstant) = (layout.WidthOf(column), columns[column].IsInstant);
        var shown = isInstant ? Readable.ShortInstant(value, width) : TextCells.Cut(value, width, columns[column].IsPath);
        return TextCells.Pad(shown, width, columns[column].IsNumber);
    }

    int Needed(int column) => Math.Max(
        TextCells.Width(columns[column].Name), _rows.Count == 0 ? 0 : _rows.Max(row => TextCells.Width(row[column])));

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
    /// <summary>The colour of a cell, as a code of the terminal; null for its own, which most have.</summary>
    public static string? CodeOf(string cell) => cell switch
    {
        "loaded" or "running" or "alive" or "replayed" => "32",
        "loading" or "draining" or "ready" => "34",
        "failed" or "paused" or "stalled" or "no-coordinator" or "waiting-for-database" or "warning" or "open"
            or "loaded-with-rejects" => "33",
        "quarantined" or "all-rejected" or "dead" or "silent" or "critical" => "31",
        _ => null,
    };
}
