namespace OrleansIngest.Commands.Tables;

/// <summary>Which columns of a table a terminal shows, and how wide each is.</summary>
/// <remarks>Columns that do not fit are left out: first those without any value, then the least important. A path loses its
/// beginning, because its end distinguishes files. A head is never cut, nor is a number: half of one would be another
/// one.</remarks>
sealed class TableLayout
{
    /// <summary>Cells: shorter values stay on one line, and whole.</summary>
    public const int Whole = 26;

    /// <summary>Cells between two columns.</summary>
    public const int Gap = 3;

    /// <summary>Cells: a path that gets them, which is most of a file's name, needs no other column to be left out.</summary>
    const int ReadablePath = 20;

    const int ShortestPath = 12, Narrowest = 3;

    readonly int[] _widths;

    /// <param name="columns">All of them.</param>
    /// <param name="needed">For each, the cells of its longest value or its name.</param>
    /// <param name="width">Of the terminal, cells.</param>
    /// <param name="isEmpty">Whether no row has a value in a column. Default: none is.</param>
    /// <param name="isBelow">Whether the values of a column stand below the rows. Default: those of none do.</param>
    public TableLayout(
        IReadOnlyList<TextColumn> columns, IReadOnlyList<int> needed, int width, Func<int, bool>? isEmpty = null,
        Func<int, bool>? isBelow = null)
    {
        var shown = Enumerable.Range(0, columns.Count).Where(i => isBelow?.Invoke(i) != true).ToList();
        while (shown.Count > 1 && shown.Sum(Least) > width
            && shown.FindLastIndex(i => isEmpty?.Invoke(i) == true) is >= 0 and var empty)
            shown.RemoveAt(empty);
        while (shown.Sum(Least) > width && shown.Any(i => columns[i].Rank > 0)) shown.Remove(shown.MaxBy(i => columns[i].Rank));
        // The first column names the row; the count farthest from it goes, then the text.
        while (shown.Count > 1 && shown.Sum(i => Floor(i) + Gap) > width)
            shown.RemoveAt(shown.FindLastIndex(i => columns[i].IsNumber) is > 0 and var count ? count : shown.Count - 1);
        _widths = new int[columns.Count];
        foreach (var i in shown) _widths[i] = Least(i) - Gap;
        // What is left goes to paths first. Where nothing is, paths give up cells, then whatever is widest.
        var rest = width - shown.Sum(Least);
        foreach (var i in shown.OrderByDescending(i => columns[i].IsPath))
        {
            var more = Math.Clamp(rest, 0, needed[i] - _widths[i]);
            (_widths[i], rest) = (_widths[i] + more, rest - more);
        }

        while (rest < 0 && shown.Any(i => _widths[i] > Floor(i)))
        {
            var giving = shown.Where(i => _widths[i] > Floor(i)).MaxBy(
                i => (columns[i].IsPath && _widths[i] > ShortestPath, _widths[i]));
            _widths[giving]--;
            rest++;
        }

        // A single column may still be wider than the terminal.
        if (rest < 0) _widths[shown[0]] = Math.Max(1, _widths[shown[0]] + rest);
        Shown = shown;

        int Least(int i) => Math.Min(needed[i], columns[i] switch
        {
            { IsNumber: true } => int.MaxValue,
            { IsInstant: true } => Math.Max(Readable.ShortestInstant, HeadOf(i)),
            { IsPath: true } => Math.Max(ReadablePath, HeadOf(i)),
            _ => Math.Max(Whole, HeadOf(i)),
        }) + Gap;

        int Floor(int i) => columns[i].IsNumber ? needed[i]
            : Math.Min(needed[i], Math.Max(columns[i].IsInstant ? Readable.ShortestInstant : Narrowest, HeadOf(i)));

        int HeadOf(int i) => TextCells.Width(columns[i].Name);
    }

    /// <summary>Places of the columns that are shown.</summary>
    public IReadOnlyList<int> Shown { get; }

    /// <summary>The width of a shown column, cells.</summary>
    public int WidthOf(int column) => _widths[column];
}
