using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Mapping;

/// <summary>The mapping of a header's fields to columns, as chosen when the table was created.</summary>
/// <param name="Names">The header as read.</param>
/// <param name="Columns">For each field, its column.</param>
public sealed record StoredHeader(IReadOnlyList<string> Names, IReadOnlyList<string> Columns)
{
    readonly string[] _keys = [.. Names.Select(HeaderName.Key)];

    readonly Dictionary<string, string> _once = Names.Zip(Columns)
        .GroupBy(pair => HeaderName.Key(pair.First), StringComparer.Ordinal)
        .Where(group => group.Count() == 1)
        .ToDictionary(group => group.Key, group => group.First().Second, StringComparer.Ordinal);

    /// <summary>Whether a file has this header: as many fields, with the same names in the same order.</summary>
    internal bool Fits(IReadOnlyList<string> keys) => keys.SequenceEqual(_keys);

    /// <summary>The column of a name that occurs exactly once in the header; null for any other.</summary>
    internal string? ColumnOf(string key) => _once.GetValueOrDefault(key);
}
