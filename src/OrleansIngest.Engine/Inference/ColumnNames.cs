using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Inference;

/// <summary>Chooses the names of a new table's columns: unique, and short enough that PostgreSQL does not truncate
/// them.</summary>
static class ColumnNames
{
    /// <summary>PostgreSQL's limit on the columns of a table.</summary>
    public const int MostColumns = 1600;

    /// <summary>System columns, which every table has.</summary>
    static readonly string[] System = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    /// <summary>A name for each field.</summary>
    /// <param name="headers">The header's names as read; empty for a file without one.</param>
    /// <param name="count">How many fields there are.</param>
    /// <param name="keepNames">Whether to use the file's own names, quoted where SQL requires it.</param>
    /// <param name="configured">The name that the configuration gives a field (from 0); null for none.</param>
    /// <param name="others">Names that other columns of the table have. Default: none.</param>
    public static IReadOnlyList<string> Choose(
        IReadOnlyList<string> headers, int count, bool keepNames, Func<int, string?> configured,
        IEnumerable<string>? others = null)
    {
        var names = new string[count];
        var taken = new HashSet<string>([.. System, .. others ?? []], StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            if (configured(i) is { } given && taken.Add(given)) names[i] = given;
        }

        for (var i = 0; i < count; i++)
        {
            if (names[i] is not null) continue;
            var fallback = string.Create(CultureInfo.InvariantCulture, $"column_{i + 1}");
            var header = i < headers.Count ? headers[i] : "";
            names[i] = Free(keepNames ? SqlName.Kept(header, fallback) : SqlName.From(header, fallback), taken);
        }

        return names;
    }

    /// <summary>The name, or the first of <c>name_2</c>, <c>name_3</c> and so on that is free; shortened so that the number has
    /// room.</summary>
    static string Free(string wanted, HashSet<string> taken)
    {
        var name = SqlName.Cut(wanted, SqlName.MaxBytes);
        for (var number = 2; !taken.Add(name); number++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
            name = SqlName.Cut(wanted, SqlName.MaxBytes - Encoding.UTF8.GetByteCount(suffix)) + suffix;
        }

        return name;
    }
}
