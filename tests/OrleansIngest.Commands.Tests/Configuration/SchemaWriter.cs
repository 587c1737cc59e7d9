using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Tests.Configuration;

/// <summary>Writes the JSON Schema of <c>ingest.json</c> from the option classes and their documentation.</summary>
static partial class SchemaWriter
{
    static readonly Dictionary<string, XElement> Documentation = new[] { typeof(PipelineOptions), typeof(IngestOptions) }
        .Select(type => Path.ChangeExtension(type.Assembly.Location, ".xml"))
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        // generated code documents itself in each assembly
        .Where(member => member.Attribute("name")!.Value.Contains(":OrleansIngest.", StringComparison.Ordinal))
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary") ?? new XElement("summary"));

    static readonly JsonSerializerOptions Readable = new()
    { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        var schema = IngestJson.Default.IngestOptions.GetJsonSchemaAsNode(
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe });
        var document = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "ingest.json" };
        foreach (var (name, value) in schema.AsObject().ToList())
        {
            schema.AsObject().Remove(name);
            document[name] = value;
        }

        return document.ToJsonString(Readable) + "\n";
    }

    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        var schema = node as JsonObject ?? [];
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var property = context.PropertyInfo is { } info
            ? info.DeclaringType.GetProperties()
                .Single(candidate => candidate.Name.Equals(info.Name.TrimStart('$'), StringComparison.OrdinalIgnoreCase))
            : null;
        if (type == typeof(TimeSpan))
            schema = Pattern("^(0|[0-9]+(\\.[0-9]+)? ?(us|ms|s|m|h|d|w))$");
        if (type == typeof(char))
            schema = Text(1);
        if (property?.Name == nameof(CsvOptions.Quote))
            schema = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray("none") }, Text(1)) };
        if (property?.Name == nameof(CsvOptions.Delimiter))
            schema = new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray("auto", "tab") },
                Text(CsvOptions.LongestSign))
            };
        if (property?.Name == nameof(PipelineOptions.Compress))
            schema = new JsonObject { ["enum"] = new JsonArray(true, false, "none", "gzip") };
        if (property?.GetCustomAttribute<CountRangeAttribute>() is { } range)
            schema = Count(range);
        if (property is not null && Documentation.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}",
            out var summary))
            schema["description"] = Text(summary);
        return schema;
    }

    static JsonObject Text(int longest) => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = longest };

    static JsonObject Count(CountRangeAttribute range)
    {
        var number = new JsonObject { ["type"] = "integer", ["minimum"] = range.Minimum, ["maximum"] = range.Maximum };
        return range.Bytes ? new JsonObject
        { ["anyOf"] = new JsonArray(number, Pattern("^[0-9]+(\\.[0-9]+)? ?([KMGTkmgt]?[iI]?[bB])?$")) } : number;
    }

    static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    static string Text(XElement summary)
    {
        foreach (var see in summary.Descendants("see").ToList())
            see.ReplaceWith(JsonNamingPolicy.CamelCase.ConvertName(see.Attribute("cref")!.Value.Split('.')[^1]));
        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
