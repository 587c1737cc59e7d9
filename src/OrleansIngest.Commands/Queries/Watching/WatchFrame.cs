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

    readonly TableStyle _style = new(HasCodes: true, colors);
    readonly TextTable _table = result.Tables.FirstOrDefault(t => t.Count > 0) ?? result.Tables[0];

    /// <summary>The rows that the filter leaves, in the chosen order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => field ??= Choose();

    /// <summary>The chosen row; null when there is none.</summary>
    public IReadOnlyList<string>? Chosen => Rows.ElementAtOrDefault(Place);

    /// <summary>The columns of these rows.</summary>
    public IReadOnlyList<TextColumn> Columns => _table.Columns;

    /// <summary>Places of the columns that are shown, by which rows can be sorted.</summary>
    public IReadOnlyList<int> Sortable => _table.Layout(width).Shown;

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
        var lines = new List<string> { _style.Bold(TextCells.Cut(Title(), width, isPath: false)) };
        if (main is null) AddRows(lines);
        else lines.AddRange(main.Skip(state.Keep(Math.Max(1, main.Count - Page + 1))).Take(Page));
        lines.AddRange(others.Take(below < others.Count && below > 0 ? below - 1 : below));
        if (below < others.Count && below > 0) lines.Add(_style.Dim($"… {Counted.Of(others.Count - below + 1, "more line")}"));
        while (lines.Count < height - 1) lines.Add("");
        if (lines.Count > height - 1) lines.RemoveRange(height - 1, lines.Count - height + 1);
        lines.Add(state.IsTyping ? TextCells.Cut($"/{state.Filter}█", width, isPath: true)
            : _style.Dim(TextCells.Cut(Keys, width, isPath: false)));
        return lines;
    }

    /// <summary>Index of the chosen row.</summary>
    int Place => state.Keep([.. Rows.Select(_table.IdentityOf)]);

    string Title()
    {
        var sorted = SortedBy is { } by ? $" · by {_table.Columns[by].Name}{(state.IsDescending ? " ↓" : " ↑")}" : "";
        var filter = state.Filter.Length > 0 && !state.IsTyping ? $" · /{state.Filter}" : "";
        var place = result.IsRecord || Rows.Count == 0 ? "" : $" · {Place + 1} of {Rows.Count}";
        // Search and order apply to the rows that were read: without this, the smallest of them would pass for the smallest.
        var read = result.Total is { } total && !result.IsRecord ? $" · {_table.Count} of {total} read" : "";
        return title + place + read + filter + sorted;
    }

    /// <summary>The column that rows are sorted by; null when it is not shown (any more).</summary>
    int? SortedBy => state.SortedBy is { } by && Sortable.Contains(by) ? by : null;

    void AddRows(List<string> lines)
    {
        if (Rows.Count == 0)
        {
            var said = state.Filter.Length > 0 ? $"no matches for \"{state.Filter}\"" : _table.WhenEmpty ?? "";
            lines.Add(_style.Dim(TextCells.Cut(said, width, isPath: false)));
            return;
        }

        var layout = _table.Layout(width);
        var chosen = Place;
        // Only the chosen row has its sentence below it: the rows stay dense.
        var below = _table.Below(Rows[chosen], layout, width).Take(Page - 1).ToList();
        var page = Page - below.Count;
        var first = Math.Clamp(chosen - page / 2, 0, Math.Max(0, Rows.Count - page));
        lines.Add(Head(_table, layout));
        for (var i = first; i < Math.Min(Rows.Count, first + page); i++)
        {
            lines.Add(Row(_table, layout, Rows[i], isChosen: i == chosen));
            if (i == chosen) lines.AddRange(below);
        }
    }

    List<string> Others()
    {
        var lines = new List<string>();
        foreach (var table in result.Tables.Where(t => t != _table && t.Count > 0))
        {
            var layout = table.Layout(width);
            lines.Add("");
            lines.Add(Head(table, layout));
            foreach (var row in table.Rows)
                lines.AddRange([Row(table, layout, row, isChosen: false), .. table.Below(row, layout, width)]);
        }

        if (result.Notes.Count > 0) lines.Add("");
        lines.AddRange(result.Notes.SelectMany(note => note.Split('\n'))
            .Select(note => TextCells.Cut(SafeText.Of(note), width, isPath: false)));
        return lines;
    }

    /// <summary>Names and values; a value has as many lines as it needs.</summary>
    List<string> Record()
    {
        var names = _table.Rows.Max(r => TextCells.Width(r[0])) + 2;
        var lines = new List<string>();
        foreach (var row in _table.Rows)
        {
            var room = Math.Max(10, width - names);
            var head = TextCells.Pad(row[0], names, isNumber: false);
            lines.AddRange(TextCells.Wrap(row[1], room).Select(
                (line, i) => (i == 0 ? _style.Bold(head) : new string(' ', names)) + _style.Colored(line, row[1])));
        }

        return lines;
    }

    string Head(TextTable table, TableLayout layout) =>
        _style.Bold(Join(layout, i => table.Aligned(table.Columns[i].Name, i, layout)));

    string Row(TextTable table, TableLayout layout, IReadOnlyList<string> row, bool isChosen)
    {
        if (!isChosen) return Join(layout, i => _style.Colored(table.Aligned(row[i], i, layout), row[i]));
        return $"\e[7m{TextCells.Pad(Join(layout, i => table.Aligned(row[i], i, layout)), width, isNumber: false)}\e[0m";
    }

    static string Join(TableLayout layout, Func<int, string> cell) =>
        string.Join(new string(' ', TableLayout.Gap), layout.Shown.Select(cell));

    IReadOnlyList<IReadOnlyList<string>> Choose()
    {
        var rows = _table.Rows.Where(row => row.Any(cell => cell.Contains(state.Filter, StringComparison.OrdinalIgnoreCase)));
        if (SortedBy is { } by)
            rows = state.IsDescending ? rows.OrderByDescending(row => row[by], CellOrder.Instance)
                : rows.OrderBy(row => row[by], CellOrder.Instance);
        else if (state.IsDescending) rows = rows.Reverse();
        return [.. rows];
    }
}
