using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>What it takes to read one record of a file again, when the file is long gone.</summary>
/// <param name="Dialect">How it is divided into fields.</param>
/// <param name="Names">The fields' names; empty for none.</param>
/// <param name="Fields">How many fields count.</param>
/// <param name="FieldsInRecord">How many fields a record is divided into.</param>
/// <param name="Findings">The findings, human-readable; null if irrelevant.</param>
sealed record StoredCsvLayout(
    CsvDialect Dialect,
    IReadOnlyList<string> Names,
    int Fields,
    int FieldsInRecord,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Findings = null);

/// <summary>The layout of a CSV file as the ledger keeps it with rejects: a JSON object, its characters as they are.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoredCsvLayout))]
sealed partial class CsvLayoutJson : JsonSerializerContext
{
    /// <summary>Writes it.</summary>
    public static string Write(CsvLayout layout, IReadOnlyList<string>? findings = null) =>
        JsonSerializer.Serialize(
            new StoredCsvLayout(layout.Dialect, layout.Names, layout.FieldCount, layout.FieldsInRecord, findings),
            Readable.Context.StoredCsvLayout);

    /// <summary>Reads what <see cref="Write"/> wrote: a layout for records that stand alone. What a newer program wrote, and is
    /// not known here, is skipped; what an older one did not write has its default.</summary>
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

    /// <summary>Reads what <see cref="Write"/> wrote, as it is.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static StoredCsvLayout Parse(string json)
    {
        var written = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("must be an object");
        var dialect = JsonSerializer.SerializeToNode(new CsvDialect(), Default.CsvDialect)!.AsObject();
        foreach (var (name, value) in written["dialect"] as JsonObject ?? []) dialect[name] = value?.DeepClone();
        written["dialect"] = dialect;
        return written.Deserialize(Default.StoredCsvLayout)!;
    }

    /// <summary>Made once, when it is first asked for, however many threads ask: options belong to one context.</summary>
    static class Readable
    {
        public static readonly CsvLayoutJson Context = new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
