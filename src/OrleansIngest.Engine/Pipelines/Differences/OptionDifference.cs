using System.Text.Json;

namespace OrleansIngest.Engine.Pipelines.Differences;

/// <summary>A property with different values in two configurations.</summary>
/// <param name="Path">The property, such as <c>csv.delimiter</c> or <c>rules[0].column</c>.</param>
/// <param name="Before">The old value as JSON; null if missing.</param>
/// <param name="After">The new value as JSON; null if missing.</param>
public sealed record OptionDifference(string Path, string? Before, string? After)
{
    /// <summary>The differences between two values, in the order of their properties. Lists of objects are compared element by
    /// element, other lists as a whole.</summary>
    public static IReadOnlyList<OptionDifference> Between(JsonElement before, JsonElement after)
    {
        var found = new List<OptionDifference>();
        Compare("", before, after, found);
        return found;
    }

    static void Compare(string path, JsonElement? before, JsonElement? after, List<OptionDifference> found)
    {
        if (before is { ValueKind: JsonValueKind.Object } left && after is { ValueKind: JsonValueKind.Object } right)
        {
            var names = left.EnumerateObject().Select(p => p.Name).Concat(right.EnumerateObject().Select(p => p.Name))
                .Distinct(StringComparer.Ordinal);
            foreach (var name in names) Compare(path.Length == 0 ? name : $"{path}.{name}", Get(left, name),
                Get(right, name), found);
        }
        else if (IsOfObjects(before) && IsOfObjects(after))
        {
            var (lefts, rights) = (before!.Value.EnumerateArray().ToArray(), after!.Value.EnumerateArray().ToArray());
            for (var i = 0; i < Math.Max(lefts.Length, rights.Length); i++)
                Compare(FormattableString.Invariant($"{path}[{i}]"), i < lefts.Length ? lefts[i] : null,
                    i < rights.Length ? rights[i] : null, found);
        }
        else if (before is null || after is null || !JsonElement.DeepEquals(before.Value, after.Value))
        {
            found.Add(new OptionDifference(path, before?.GetRawText(), after?.GetRawText()));
        }
    }

    static bool IsOfObjects(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array } array && array.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object);

    static JsonElement? Get(JsonElement value, string name) => value.TryGetProperty(name, out var found) ? found : null;
}
