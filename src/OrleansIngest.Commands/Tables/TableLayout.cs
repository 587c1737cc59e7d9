namespace OrleansIngest.Commands.Tables;

/// <summary>Which columns of a table a terminal shows, and how wide each is.</summary>
/// <remarks>Columns that do not fit are left out, the least important first. A path gives up its beginning, because its end tells files apart.</remarks>
sealed class TableLayout
{
    /// <summary>Characters: shorter values stay on one line, and whole.</summary>
    public const int Whole = 26;

    /// <summary>Characters between two columns.</summary>
    public const int Gap = 3;

    const int ShortestPath = 12;

    readonly int[] _widths;

    /// <param name="columns">All of them.</param>
    /// <param name="needed">For each, the length of its longest value or its name.</param>
    /// <param name="width">Of the terminal, characters.</param>
    public TableLayout(IReadOnlyList<TextColumn> columns, IReadOnlyList<int> needed, int width)
    {
        var shown = Enumerable.Range(0, columns.Count).ToList();
        while (shown.Sum(Least) > width && shown.Any(i => columns[i].Rank > 0)) shown.Remove(shown.MaxBy(i => columns[i].Rank));
        _widths = new int[columns.Count];
        foreach (var i in shown) _widths[i] = Least(i) - Gap;
        // What is left goes to paths first; where nothing is, they give away what the others lack.
        var rest = width - shown.Sum(Least);
        foreach (var i in shown.OrderByDescending(i => columns[i].IsPath))
        {
            var more = rest >= 0 ? Math.Min(rest, needed[i] - _widths[i]) : columns[i].IsPath ? Math.Max(rest, ShortestPath - _widths[i]) : 0;
            if (rest < 0) more = Math.Min(more, 0);
            _widths[i] += more;
            rest -= more;
        }

        Shown = shown;

        int Least(int i) => Math.Min(needed[i], Whole) + Gap;
    }

    /// <summary>Places of the columns that are shown.</summary>
    public IReadOnlyList<int> Shown { get; }

    /// <summary>The width of a shown column, characters.</summary>
    public int WidthOf(int column) => _widths[column];

    /// <summary>A value with no more characters than said: without its end, or a path without its beginning.</summary>
    public static string Cut(string value, int width, bool isPath) =>
        value.Length <= width ? value : width < 2 ? "…" : isPath ? $"…{value[^(width - 1)..]}" : $"{value[..(width - 1)]}…";
}
