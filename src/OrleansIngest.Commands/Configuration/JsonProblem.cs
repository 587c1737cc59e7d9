using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Describes values of a wrong type in a configuration by its own properties, not in the words of the JSON
/// library.</summary>
static class JsonProblem
{
    const int LongestValue = 60;

    /// <summary><c>pipelines[0].settelTime: unknown property; did you mean settleTime?</c></summary>
    /// <param name="steps">The way to the value that the reader refused.</param>
    /// <param name="json">The text.</param>
    /// <param name="value">The whole text.</param>
    /// <param name="root">The expected type.</param>
    public static JsonMistake Describe(List<string> steps, string json, JsonElement value, JsonTypeInfo root)
    {
        var type = root;
        JsonPropertyInfo? property = null;
        for (var i = 0; i < steps.Count; i++)
        {
            if (ElementOf(type) is { } element)
            {
                (type, property) = (element, null);
                continue;
            }

            property = Properties(type).FirstOrDefault(candidate => candidate.Name == steps[i]);
            if (property is null) return Unknown(json, [.. steps.Take(i + 1)], [.. Properties(type).Select(known => known.Name)]);
            type = IngestJson.Default.GetTypeInfo(property.PropertyType)!;
        }

        var expected = property is null ? Expected(type) : Expected(property);
        return new JsonMistake(JsonPlace.Find(json, steps), steps,
            $"{JsonPath.Join(steps)}: must be {expected}{Instead(value, steps, type)}")
        { Substitute = Substitute(type) };
    }

    /// <summary>A rule without its kind.</summary>
    public static JsonMistake WithoutKind(List<string> steps, string json, JsonPolymorphismOptions kinds) =>
        new(JsonPlace.Find(json, steps), steps, $"{JsonPath.Join(steps)}: each of rules needs {Kinds(kinds)}")
        { Substitute = Substitute(kinds) };

    /// <summary>The type of the values of a list or a dictionary; null for other types.</summary>
    public static JsonTypeInfo? ElementOf(JsonTypeInfo type) =>
        type.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary
            ? IngestJson.Default.GetTypeInfo(type.ElementType!) : null;

    /// <summary>The properties of an object, of any kind.</summary>
    public static IEnumerable<JsonPropertyInfo> Properties(JsonTypeInfo type) =>
        type.PolymorphismOptions is { } choices
            ? choices.DerivedTypes.SelectMany(derived => IngestJson.Default.GetTypeInfo(derived.DerivedType)!.Properties)
            : type.Properties;

    static JsonMistake Unknown(string json, List<string> steps, List<string> known)
    {
        var name = steps[^1];
        return new JsonMistake(JsonPlace.Find(json, steps), steps,
            $"{JsonPath.Join(steps)}: unknown property; {NearestName.Suggest(name, known)}")
        { Meant = NearestName.Find(name, known) };
    }

    /// <summary><c>, not "2x"</c>; nothing where the value may be a secret.</summary>
    static string Instead(JsonElement value, List<string> steps, JsonTypeInfo type)
    {
        foreach (var step in steps)
        {
            if (value.ValueKind == JsonValueKind.Array)
                value = value[int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture)];
            else if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value)) return "";
        }

        if (value.ValueKind == JsonValueKind.Object && type.PolymorphismOptions is { } kinds)
        {
            if (!value.TryGetProperty(kinds.TypeDiscriminatorPropertyName, out value)) return "";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => ", not an object",
            JsonValueKind.Array => ", not a list",
            _ when steps is ["databases", ..] or ["alerts", "webhook", ..] => "",
            _ => $", not {new SecretMask().Apply(SafeText.Brief(value.GetRawText(), LongestValue))}",
        };
    }

    static string Substitute(JsonTypeInfo type) => type.PolymorphismOptions is { } kinds ? Substitute(kinds) : type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "[]",
        JsonTypeInfoKind.None => type.Type == typeof(string) ? "\"\"" : "0",
        _ => "{}",
    };

    static string Substitute(JsonPolymorphismOptions kinds) =>
        $"{{\"{kinds.TypeDiscriminatorPropertyName}\":\"{kinds.DerivedTypes[0].TypeDiscriminator}\"}}";

    static string Expected(JsonPropertyInfo property) => property.CustomConverter switch
    {
        SizeJsonConverter or LargeSizeJsonConverter => SizeText.Expected,
        DelimiterJsonConverter => DelimiterJsonConverter.Expected,
        QuoteJsonConverter => QuoteJsonConverter.Expected,
        _ => Expected(IngestJson.Default.GetTypeInfo(property.PropertyType)!),
    };

    static string Expected(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (type.IsEnum)
            return string.Join(" or ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName));
        if (info.PolymorphismOptions is { } choices) return $"an object with {Kinds(choices)}";
        return type switch
        {
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) => "a whole number",
            _ when type == typeof(decimal) => "a number",
            _ when type == typeof(char) => "one character",
            _ when type == typeof(string) => "a string",
            _ when type == typeof(TimeSpan) => DurationText.Expected,
            _ when type == typeof(DateTimeOffset) => "an instant such as 2000-01-01T00:00:00Z",
            _ when type == typeof(IReadOnlyList<string>) => "a list of strings",
            _ when info.Kind == JsonTypeInfoKind.Enumerable => "a list of objects",
            _ when info.Kind == JsonTypeInfoKind.Dictionary => "an object of strings",
            _ => "an object",
        };
    }

    static string Kinds(JsonPolymorphismOptions choices) =>
        $"\"{choices.TypeDiscriminatorPropertyName}\": one of "
        + string.Join(", ", choices.DerivedTypes.Select(derived => derived.TypeDiscriminator));
}
