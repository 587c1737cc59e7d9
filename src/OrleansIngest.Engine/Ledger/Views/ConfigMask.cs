using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Masks secrets in configurations before they are shown.</summary>
public static partial class ConfigMask
{
    const string Mask = "***";

    /// <summary>The configuration with <c>***</c> for values that are secret by their name or form.</summary>
    public static JsonElement Apply(JsonElement config) =>
        JsonSerializer.SerializeToElement(Apply(JsonNode.Parse(config.GetRawText()), isSecret: false), ViewJson.Default.JsonNode);

    static JsonNode? Apply(JsonNode? node, bool isSecret) => node switch
    {
        JsonObject inner =>
            new JsonObject(inner.Select(p => KeyValuePair.Create(p.Key, Apply(p.Value, isSecret || Secret().IsMatch(p.Key))))),
        JsonArray array => new JsonArray([.. array.Select(e => Apply(e, isSecret))]),
        JsonValue value when value.TryGetValue<string>(out var text) =>
            isSecret && text.Length > 0 ? Mask : InUrl().Replace(text, "$1" + Mask + "@"),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("(password|passwd|pwd|secret|token|credential|api_?key)", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex("""(://[^:/@\s"]*:)[^@\s"]+@""")]
    private static partial Regex InUrl();
}
