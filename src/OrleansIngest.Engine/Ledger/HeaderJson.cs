using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The names of a header as <c>ingest.reject_header</c> keeps them: an array of strings.</summary>
[JsonSerializable(typeof(string[]))]
sealed partial class HeaderJson : JsonSerializerContext
{
    public static string Write(IReadOnlyList<string> names) => JsonSerializer.Serialize([.. names], Default.StringArray);

    /// <exception cref="JsonException">Not an array of strings.</exception>
    public static string[] Read(string json) => JsonSerializer.Deserialize(json, Default.StringArray) ?? throw new JsonException("must be an array");
}
