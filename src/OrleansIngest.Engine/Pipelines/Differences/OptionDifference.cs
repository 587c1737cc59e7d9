using System.Text.Json;

namespace OrleansIngest.Engine.Pipelines.Differences;

/// <summary>A property with different values in two configurations.</summary>
/// <param name="Path">Such as <c>csv.delimiter</c> or <c>rules[0].column</c>.</param>
/// <param name="Before">As JSON; null where it is missing.</param>
/// <param name="After">As JSON; null where it is missing.</param>
public sealed record OptionDifference(string Path, string? Before, string? After)
{
    /// <summary>What two values differ in, in the order of their properties; lists of objects element by element,
    /// lists of values as a whole.</summary>
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
