namespace OrleansIngest.Commands.Tables;

/// <summary>Which columns of a table a terminal shows, and how wide each is.</summary>
/// <remarks>Columns that do not fit are left out, the least important first. A path loses its beginning, because its end
/// distinguishes files.</remarks>
sealed class TableLayout
{
    /// <summary>Characters: shorter values stay on one line, and whole.</summary>
    public const int Whole = 26;

    /// <summary>Characters between two columns.</summary>
    public const int Gap = 3;

    const int ShortestPath = 12, Narrowest = 3;

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
        // What is left goes to paths first. Where nothing is, paths give up characters, then whatever is widest.
        var rest = width - shown.Sum(Least);
        foreach (var i in shown.OrderByDescending(i => columns[i].IsPath))
        {
            var more = Math.Clamp(rest, 0, needed[i] - _widths[i]);
            (_widths[i], rest) = (_widths[i] + more, rest - more);
        }

        while (rest < 0 && shown.Any(i => _widths[i] > Narrowest))
        {
            _widths[shown.MaxBy(i => (columns[i].IsPath && _widths[i] > ShortestPath, _widths[i]))]--;
            rest++;
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
