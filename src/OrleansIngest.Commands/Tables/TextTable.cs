using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansIngest.Commands.Tables;

/// <summary>Rows for people: a table on a terminal, and columns between tabs for <c>cut</c> and <c>awk</c> when the output goes elsewhere.</summary>
sealed class TextTable(params TextColumn[] columns)
{
    const int Wrapped = 26; // characters: shorter values stay on one line
    const int Gap = 3;

    readonly List<string[]> _rows = [];

    /// <summary>What is said instead when there are no rows. Default: nothing at all.</summary>
    public string? WhenEmpty { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row; null is an empty cell.</summary>
    public void Add(params string?[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"cells: {cells.Length}, columns: {columns.Length}", nameof(cells));
        _rows.Add([.. cells.Select(c => SafeText.Of(c ?? ""))]);
    }

    /// <summary>For a terminal: columns that do not fit are left out, the least important first; only long texts wrap.</summary>
    /// <param name="width">Of the terminal, characters.</param>
    public IRenderable ToRenderable(int width)
    {
        if (_rows.Count == 0) return new Markup(Markup.Escape(WhenEmpty ?? ""), new Style(decoration: Decoration.Dim));
        int[] needed = [.. columns.Select((c, i) => Math.Max(c.Name.Length, _rows.Max(r => r[i].Length)))];
        var shown = Fitting(needed, width);
        var table = new Table { Border = TableBorder.Simple, Expand = false };
        foreach (var i in shown)
        {
            table.AddColumn(new TableColumn(new Text(columns[i].Name, new Style(decoration: Decoration.Bold)))
            {
                Alignment = columns[i].IsNumber ? Justify.Right : Justify.Left,
                NoWrap = needed[i] <= Wrapped,
            });
        }

        foreach (var row in _rows) table.AddRow(shown.Select(i => new Text(row[i], StyleOf(row[i]))));
        return table;
    }

    List<int> Fitting(int[] needed, int width)
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Length)];
        while (shown.Sum(i => Math.Min(needed[i], Wrapped) + Gap) > width && shown.Any(i => columns[i].Rank > 0))
            shown.Remove(shown.MaxBy(i => columns[i].Rank));
        return shown;
    }

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

    /// <summary>States wear the colours that they have on the pages.</summary>
    static Style StyleOf(string cell) => cell switch
    {
        "loaded" or "running" or "alive" or "replayed" => new Style(Color.Green),
        "loading" or "draining" or "ready" => new Style(Color.Blue),
        "failed" or "paused" or "stalled" or "no-coordinator" or "waiting-for-database" or "warning" or "open" or "loaded-with-rejects" => new Style(Color.Yellow),
        "quarantined" or "all-rejected" or "dead" or "silent" or "critical" => new Style(Color.Red),
        _ => Style.Plain,
    };
}
