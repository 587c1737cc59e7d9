using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The columns of a merge by their roles. In the stage, the column with index i is <c>c(i + 1)</c>, and a row's number
/// is <c>n</c>.</summary>
public sealed class MergeColumns
{
    readonly string[] _names;

    /// <param name="columns">The columns that rows fill, in the order of their COPY.</param>
    /// <param name="key">Names among them.</param>
    /// <param name="updated">Names among them that an update sets; empty for all except the key.</param>
    /// <param name="newer">The name of the column that must be greater for an update; null for none.</param>
    /// <param name="compared">Names of the columns that determine whether a row has changed; others, such as metadata, change
    /// only with these.</param>
    public MergeColumns(
        IReadOnlyList<TargetColumn> columns, IReadOnlyList<string> key, IReadOnlyList<string> updated, string? newer,
        IReadOnlySet<string> compared)
    {
        _names = [.. columns.Select(c => c.Name)];
        Key = key;
        IsPartial = updated.Count > 0;
        Updated = [.. _names.Where(name => IsPartial ? updated.Contains(name) : !key.Contains(name))];
        Compared = [.. Updated.Where(compared.Contains)];
        Newer = newer;
    }

    /// <summary>Names of all columns.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Names of the key's columns.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>Names of the columns that an update sets.</summary>
    public IReadOnlyList<string> Updated { get; }

    /// <summary>Those of <see cref="Updated"/> at least one of which must differ.</summary>
    public IReadOnlyList<string> Compared { get; }

    /// <summary>Whether an update sets only configured columns.</summary>
    public bool IsPartial { get; }

    /// <summary>The column that must be greater; null for none.</summary>
    public string? Newer { get; }

    /// <summary>A column of the stage <c>s</c>.</summary>
    public string Staged(string name) => $"s.c{Array.IndexOf(_names, name) + 1}";

    /// <summary>Columns of a table, separated by commas.</summary>
    internal static string List(IEnumerable<string> names, string prefix = "") =>
        string.Join(", ", names.Select(name => prefix + QuotedName.Of(name)));
}
