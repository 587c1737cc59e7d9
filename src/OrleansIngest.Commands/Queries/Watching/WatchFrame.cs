using OrleansIngest.Commands.Manual;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Queries.Watching;

/// <summary>One frame of a watched query, with exactly as many lines as the terminal. Its first table can be searched, sorted and
/// walked through; everything else is below it.</summary>
/// <param name="title">The first line.</param>
/// <param name="result">The rows to show.</param>
/// <param name="state">The user's choices.</param>
/// <param name="width">Of the terminal, characters.</param>
/// <param name="height">Of the terminal, lines.</param>
/// <param name="colors">Whether states have colours.</param>
sealed class WatchFrame(string title, QueryResult result, WatchState state, int width, int height, bool colors)
{
    const string Keys = "q quit  / search  s sort  r reverse  ↑↓ choose  Enter open  Esc back";

    readonly TextTable _table = result.Tables.FirstOrDefault(t => t.Count > 0) ?? result.Tables[0];

    /// <summary>The rows that the filter leaves, in the chosen order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => field ??= Choose();

    /// <summary>The columns of these rows.</summary>
    public IReadOnlyList<TextColumn> Columns => _table.Columns;

    /// <summary>Number of visible rows.</summary>
    public int Page { get; private set; } = 1;

    /// <summary>The lines, with the terminal's codes.</summary>
    public IReadOnlyList<string> Lines()
    {
        var room = Math.Max(1, height - 2);
        var others = result.IsRecord ? [] : Others();
        var main = result.IsRecord ? Record() : null;
        var needed = main?.Count ?? Math.Max(1, Rows.Count) + 1;
        var below = Math.Min(others.Count, Math.Max(room - needed, room / 3));
        Page = Math.Max(1, room - below - (main is null ? 1 : 0));
        var lines = new List<string> { Bold(TableLayout.Cut(Title(), width, isPath: false)) };
        if (main is null) AddRows(lines);
        else lines.AddRange(main.Skip(state.Keep(Math.Max(1, main.Count - Page + 1))).Take(Page));
        lines.AddRange(others.Take(below < others.Count && below > 0 ? below - 1 : below));
        if (below < others.Count && below > 0) lines.Add(Dim($"… {Counted.Of(others.Count - below + 1, "more line")}"));
        while (lines.Count < height - 1) lines.Add("");
        if (lines.Count > height - 1) lines.RemoveRange(height - 1, lines.Count - height + 1);
        lines.Add(state.IsTyping ? TableLayout.Cut($"/{state.Filter}█", width, isPath: true)
            : Dim(TableLayout.Cut(Keys, width, isPath: false)));
        return lines;
    }

    string Title()
    {
        var sorted = state.SortedBy is { } by && by < _table.Columns.Count
            ? $" · by {_table.Columns[by].Name}{(state.IsDescending ? " ↓" : " ↑")}" : "";
        var filter = state.Filter.Length > 0 && !state.IsTyping ? $" · /{state.Filter}" : "";
        var place = result.IsRecord || Rows.Count == 0 ? "" : $" · {state.Keep(Rows.Count) + 1} of {Rows.Count}";
        return title + place + filter + sorted;
    }

    void AddRows(List<string> lines)
    {
        if (Rows.Count == 0)
        {
            lines.Add(Dim(TableLayout.Cut(state.Filter.Length > 0 ? $"no matches for \"{state.Filter}\"" : _table.WhenEmpty ?? "",
                width, isPath: false)));
            return;
        }

        var layout = _table.Layout(width);
        var chosen = state.Keep(Rows.Count);
        var first = Math.Clamp(chosen - Page / 2, 0, Math.Max(0, Rows.Count - Page));
        lines.Add(Head(_table, layout));
        for (var i = first; i < Math.Min(Rows.Count, first + Page); i++)
            lines.Add(Row(_table, layout, Rows[i], isChosen: i == chosen));
    }

    List<string> Others()
    {
        var lines = new List<string>();
        foreach (var table in result.Tables.Where(t => t != _table && t.Count > 0))
        {
            var layout = table.Layout(width);
            lines.Add("");
            lines.Add(Head(table, layout));
            lines.AddRange(table.Rows.Select(row => Row(table, layout, row, isChosen: false)));
        }

        if (result.Notes.Count > 0) lines.Add("");
        lines.AddRange(result.Notes.SelectMany(note => note.Split('\n'))
            .Select(note => TableLayout.Cut(SafeText.Of(note), width, isPath: false)));
        return lines;
    }

    /// <summary>Names and values; a value has as many lines as it needs.</summary>
    List<string> Record()
    {
        var names = _table.Rows.Max(r => r[0].Length) + 2;
        var lines = new List<string>();
        foreach (var row in _table.Rows)
        {
            var room = Math.Max(10, width - names);
            var value = WordWrap.Lines(row[1], room).SelectMany(line => line.Chunk(room).Select(part => new string(part)))
                .DefaultIfEmpty("");
            lines.AddRange(
                value.Select(
                    (line, i) => (i == 0 ? Bold(row[0].PadRight(names)) : new string(' ', names)) + Colored(line, row[1])));
        }

        return lines;
    }

    string Head(TextTable table, TableLayout layout) => Bold(Join(layout, i => Aligned(table, layout, i, table.Columns[i].Name)));

    string Row(TextTable table, TableLayout layout, IReadOnlyList<string> row, bool isChosen)
    {
        if (isChosen) return $"\e[7m{Join(layout, i => Aligned(table, layout, i, row[i])).PadRight(width)}\e[0m";
        return Join(layout, i => Colored(Aligned(table, layout, i, row[i]), row[i]));
    }

    static string Join(TableLayout layout, Func<int, string> cell) =>
        string.Join(new string(' ', TableLayout.Gap), layout.Shown.Select(cell));

    static string Aligned(TextTable table, TableLayout layout, int column, string text)
    {
        var cut = TableLayout.Cut(text, layout.WidthOf(column), table.Columns[column].IsPath);
        return table.Columns[column].IsNumber ? cut.PadLeft(layout.WidthOf(column)) : cut.PadRight(layout.WidthOf(column));
    }

    IReadOnlyList<IReadOnlyList<string>> Choose()
    {
        var rows = _table.Rows.Where(row => row.Any(cell => cell.Contains(state.Filter, StringComparison.OrdinalIgnoreCase)));
        if (state.SortedBy is { } by && by < _table.Columns.Count)
            rows = state.IsDescending ? rows.OrderByDescending(row => row[by], CellOrder.Instance)
                : rows.OrderBy(row => row[by], CellOrder.Instance);
        else if (state.IsDescending) rows = rows.Reverse();
        return [.. rows];
    }

    string Colored(string text, string value) => colors && CellColor.CodeOf(value) is { } code ? $"\e[{code}m{text}\e[0m" : text;

    static string Bold(string text) => $"\e[1m{text}\e[0m";

    static string Dim(string text) => $"\e[2m{text}\e[0m";
}
