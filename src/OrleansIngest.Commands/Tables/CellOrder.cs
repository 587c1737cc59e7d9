using System.Globalization;

namespace OrleansIngest.Commands.Tables;

/// <summary>Orders values as <see cref="Readable"/> writes them: 9 before 10, 900 KiB before 1.1 MiB, 850 ms before 4 s; texts by
/// their letters; nothing first.</summary>
sealed class CellOrder : IComparer<string>
{
    static readonly Dictionary<string, double> Units = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["%"] = 1,
        ["B"] = 1,
        ["KiB"] = 1 << 10,
        ["MiB"] = 1 << 20,
        ["GiB"] = 1 << 30,
        ["TiB"] = 1L << 40,
        ["ms"] = 0.001,
        ["s"] = 1,
        ["min"] = 60,
        ["h"] = 3600,
        ["d"] = 86_400,
    };

    /// <summary>The only one there need be.</summary>
    public static CellOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y) => (NumberOf(x), NumberOf(y)) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        ({ }, null) => string.IsNullOrEmpty(y) ? 1 : -1,
        (null, { }) => string.IsNullOrEmpty(x) ? -1 : 1,
        _ => string.Compare(x, y, StringComparison.OrdinalIgnoreCase),
    };

    static double? NumberOf(string? cell)
    {
        if (string.IsNullOrEmpty(cell)) return null;
        var end = cell.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return end > 0 && Units.TryGetValue(cell[end..].Trim(), out var unit)
            && double.TryParse(cell.AsSpan(0, end), NumberStyles.Float | NumberStyles.AllowThousands,
                CultureInfo.InvariantCulture, out var number)
                ? number * unit
                : null;
    }
}
