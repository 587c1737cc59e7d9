using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Describes errors in a configuration file by its own properties, not in the words of the JSON library.</summary>
static class JsonProblem
{
    /// <summary><c>ingest.json line 4, column 18: pipelines[0].settelTime: unknown property; did you mean
    /// settleTime?</c></summary>
    /// <param name="exception">The reader's exception.</param>
    /// <param name="json">The file's text.</param>
    /// <param name="name">The file.</param>
    /// <param name="root">The expected type.</param>
    /// <param name="hasPlaces">Whether it names line and column. Default: true.</param>
    public static string Describe(JsonException exception, string json, string name, JsonTypeInfo root, bool hasPlaces = true)
    {
        var place = hasPlaces ? $"{Place(name, exception.LineNumber, exception.BytePositionInLine)}:" : name;
        if (exception.InnerException is JsonException syntax)
            return $"{place} {WithoutPlace(syntax.Message)}";
        var path = JsonPath.Parse(exception.Path ?? "$");
        var type = root;
        for (var i = 0; i < path.Count; i++)
        {
            if (path[i].StartsWith('[') || (type.Kind == JsonTypeInfoKind.Dictionary && type.ElementType != typeof(string)))
            {
                type = IngestJson.Default.GetTypeInfo(type.ElementType!)!;
                continue;
            }

            var property = Properties(type).FirstOrDefault(candidate => candidate.Name == path[i]);
            if (property is null)
                return $"{PlaceOf(path[i])} {JsonPath.Join(path)}: unknown property; "
                    + $"{NearestName.Suggest(path[i], Properties(type).Select(known => known.Name))}";
            if (i == path.Count - 1 || property.PropertyType == typeof(IReadOnlyDictionary<string, string>))
                return $"{place} {JsonPath.Join(path)}: must be {Expected(property)}";
            type = IngestJson.Default.GetTypeInfo(property.PropertyType)!;
        }

        return $"{place} {JsonPath.Join(path)}: must be {Expected(type)}";

        // The reader is past the name when it reports that the property is unknown.
        string PlaceOf(string property)
        {
            if (!hasPlaces) return name;
            var line = json.Split('\n')[(int)(exception.LineNumber ?? 0)];
            var start = line[..(int)Math.Min(line.Length, exception.BytePositionInLine ?? 0)].LastIndexOf($"\"{property}\"",
                StringComparison.Ordinal);
            return start < 0 ? place : $"{Place(name, exception.LineNumber, start)}:";
        }
    }

    /// <summary>What a rule without its kind lacks: <c>"rule": one of required, oneOf</c>, and so on.</summary>
    public static string RuleKinds => Kinds(IngestJson.Default.GetTypeInfo(typeof(RowRuleOptions))!.PolymorphismOptions!);

    static string Place(string name, long? line, long? column) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} line {line + 1}, column {column + 1}");

    static IEnumerable<JsonPropertyInfo> Properties(JsonTypeInfo type) =>
        type.PolymorphismOptions is { } choices
            ? choices.DerivedTypes.SelectMany(derived => IngestJson.Default.GetTypeInfo(derived.DerivedType)!.Properties)
            : type.Properties;

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

    /// <summary>The reader appends its own, zero-based place to the message.</summary>
    static string WithoutPlace(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place];
    }
}
