using System.Globalization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A range of cells of a sheet, in 1-based columns and rows, both ends inclusive. A missing end is
/// <see cref="int.MaxValue"/>.</summary>
readonly record struct CellRange(int FirstColumn, int FirstRow, int LastColumn, int LastRow)
{
    /// <summary>Excel's own limits.</summary>
    public const int MostColumns = 16_384, MostRows = 1_048_576;

    /// <summary>Parses a range; null if the text is not one.</summary>
    public static CellRange? Parse(string text)
    {
        var parts = text.Trim().Replace("$", "", StringComparison.Ordinal).Split(':');
        if (parts.Length > 2 || Corner(parts[0]) is not var (column, row) || column == 0) return null;
        if (parts.Length == 1) return new CellRange(column, Math.Max(row, 1), int.MaxValue, int.MaxValue);
        if (Corner(parts[1]) is not var (lastColumn, lastRow) || (lastColumn == 0 && lastRow == 0)) return null;
        var range = new CellRange(column, Math.Max(row, 1), lastColumn == 0 ? int.MaxValue : lastColumn,
            lastRow == 0 ? int.MaxValue : lastRow);
        return range.LastColumn < range.FirstColumn || range.LastRow < range.FirstRow ? null : range;
    }

    /// <summary>Parses a reference such as <c>AB12</c> into column and row, 0 for a missing one; null if the text is not a
    /// reference.</summary>
    public static (int Column, int Row)? Corner(ReadOnlySpan<char> text)
    {
        var column = 0;
        var at = 0;
        for (; at < text.Length && char.IsAsciiLetter(text[at]) && column <= MostColumns; at++)
            column = 26 * column + (text[at] & 0x1F);
        var row = 0;
        if (at < text.Length && !int.TryParse(text[at..], NumberStyles.None, CultureInfo.InvariantCulture, out row)) return null;
        return column > MostColumns || row > MostRows || text.IsEmpty ? null : (column, row);
    }
}
