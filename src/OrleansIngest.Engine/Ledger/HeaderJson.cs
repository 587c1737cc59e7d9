using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The names of a header as stored in <c>ingest.reject_header</c>: an array of strings.</summary>
[JsonSerializable(typeof(string[]))]
sealed partial class HeaderJson : JsonSerializerContext
{
    // Characters are not escaped: a database in another encoding can replace those that it lacks, but not their escapes.
    static readonly HeaderJson Plain = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(IReadOnlyList<string> names) => JsonSerializer.Serialize([.. names], Plain.StringArray);

    /// <exception cref="JsonException">Not an array of strings.</exception>
    public static string[] Read(string json) => JsonSerializer.Deserialize(json, Default.StringArray)
        ?? throw new JsonException("must be an array");
}
