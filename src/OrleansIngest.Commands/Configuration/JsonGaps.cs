using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Finds what the reader does not refuse with a place: null in a list or a dictionary, and a rule without its
/// kind.</summary>
static class JsonGaps
{
    /// <summary>All of them.</summary>
    /// <param name="json">The text.</param>
    /// <param name="root">The text, parsed.</param>
    /// <param name="type">The expected type.</param>
    public static List<JsonMistake> Find(string json, JsonElement root, JsonTypeInfo type)
    {
        var found = new List<JsonMistake>();
        Look(root, type, []);
        return found;

        void Look(JsonElement value, JsonTypeInfo expected, List<string> steps)
        {
            if (value.ValueKind == JsonValueKind.Array && expected.Kind == JsonTypeInfoKind.Enumerable)
            {
                var index = 0;
                foreach (var element in value.EnumerateArray())
                    Element(element, expected, [.. steps, FormattableString.Invariant($"[{index++}]")]);
            }
            else if (value.ValueKind == JsonValueKind.Object && expected.Kind == JsonTypeInfoKind.Dictionary)
            {
                foreach (var (name, element) in value.EnumerateObject().Select(p => (p.Name, p.Value)))
                    Element(element, expected, [.. steps, name]);
            }
            else if (value.ValueKind == JsonValueKind.Object && expected.PolymorphismOptions is { } kinds
                && !value.TryGetProperty(kinds.TypeDiscriminatorPropertyName, out _))
            {
                found.Add(JsonProblem.WithoutKind(steps, json, kinds));
            }
            else if (value.ValueKind == JsonValueKind.Object && expected.Kind == JsonTypeInfoKind.Object)
            {
                foreach (var property in value.EnumerateObject())
                {
                    var known = JsonProblem.Properties(expected).FirstOrDefault(p => p.Name == property.Name);
                    if (known is { CustomConverter: null })
                        Look(property.Value, IngestJson.Default.GetTypeInfo(known.PropertyType)!, [.. steps, property.Name]);
                }
            }
        }

        void Element(JsonElement element, JsonTypeInfo expected, List<string> steps)
        {
            if (element.ValueKind == JsonValueKind.Null) found.Add(JsonProblem.Describe(steps, json, root, type));
            else Look(element, JsonProblem.ElementOf(expected)!, steps);
        }
    }
}
