using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Inference;

/// <summary>How the columns of a new table are named.</summary>
public sealed record ColumnNaming
{
    /// <summary>Whether to use the file's own names, which SQL may require in quotes, instead of names that need none. Default:
    /// false.</summary>
    public bool KeepNames { get; init; }

    /// <summary>Given names: header name or position (<c>#1</c>) to column, as in a pipeline's <c>columns</c>. Default:
    /// empty.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<string> NamesOf(IReadOnlyList<string> headers, int count)
    {
        var byField = Given.Where(g => FieldKey.Read(g.Key) is not null)
            .ToDictionary(g => FieldKey.Read(g.Key)!.Value, g => g.Value);
        var byName = Given.Where(g => FieldKey.Read(g.Key) is null).ToLookup(g => HeaderName.Key(g.Key), g => g.Value);
        return ColumnNames.Choose(headers, count, KeepNames, field => byField.TryGetValue(field, out var given)
            ? given
            : field < headers.Count ? byName[HeaderName.Key(headers[field])].FirstOrDefault() : null);
    }
}
