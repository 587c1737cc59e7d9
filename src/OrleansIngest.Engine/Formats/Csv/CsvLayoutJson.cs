using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Everything needed to read one record of a file again, even if the file is gone.</summary>
/// <param name="Dialect">Divides the record into fields.</param>
/// <param name="Names">The fields' names; empty for none.</param>
/// <param name="Fields">Number of fields that are used.</param>
/// <param name="FieldsInRecord">Number of fields in a record.</param>
/// <param name="Findings">The findings, human-readable; null if irrelevant.</param>
sealed record StoredCsvLayout(
    CsvDialect Dialect,
    IReadOnlyList<string> Names,
    int Fields,
    int FieldsInRecord,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Findings = null);

/// <summary>The layout of a CSV file as the ledger stores it with rejects: a JSON object, with unescaped characters.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoredCsvLayout))]
sealed partial class CsvLayoutJson : JsonSerializerContext
{
    /// <summary>Serializes a layout.</summary>
    public static string Write(CsvLayout layout, IReadOnlyList<string>? findings = null) =>
        JsonSerializer.Serialize(
            new StoredCsvLayout(layout.Dialect, layout.Names, layout.FieldCount, layout.FieldsInRecord, findings),
            Readable.Context.StoredCsvLayout);

    /// <summary>Parses the result of <see cref="Write"/>: a layout for separate records. Unknown properties of a newer program
    /// are ignored; properties missing from an older one have their defaults.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static CsvLayout Read(string json)
    {
        var kept = Parse(json);
        var layout = new CsvLayout
        {
            Names = kept.Names,
            FieldCount = kept.Fields,
            FieldsInRecord = kept.FieldsInRecord,
            IsByName = kept.Dialect.HasNames,
            Dialect = kept.Dialect,
        };
        return layout.ForOneRecord();
    }

    /// <summary>Parses the result of <see cref="Write"/>.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static StoredCsvLayout Parse(string json)
    {
        var written = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("must be an object");
        var dialect = JsonSerializer.SerializeToNode(new CsvDialect(), Default.CsvDialect)!.AsObject();
        foreach (var (name, value) in written["dialect"] as JsonObject ?? []) dialect[name] = value?.DeepClone();
        written["dialect"] = dialect;
        return written.Deserialize(Default.StoredCsvLayout)!;
    }

    /// <summary>Created once, on first use by any thread: options belong to one context.</summary>
    static class Readable
    {
        public static readonly CsvLayoutJson Context = new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
