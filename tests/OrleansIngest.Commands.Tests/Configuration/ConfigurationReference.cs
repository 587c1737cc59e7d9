using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansIngest.Commands.Tests.Configuration;

/// <summary>Writes the tables of <c>docs/configuration.md</c> from the JSON Schema, so that a property is described in one place:
/// the doc comment of its option.</summary>
static partial class ConfigurationReference
{
    /// <summary>The tables stand below this line of the page.</summary>
    public const string Marker =
        "<!-- Generated from the doc comments of the options: run SchemaTests with INGEST_WRITE_SCHEMA=1. -->";

    /// <summary>Properties of a pipeline by topic, in the order of the page.</summary>
    static readonly (string Title, string[] Properties)[] Groups =
    [
        ("Files", ["name", "watch", "recursive", "include", "exclude", "matchCase", "listingInterval", "settleTime", "sentinel"]),
        ("Formats", ["format", "csv", "json", "excel", "fixed", "encoding", "compression", "maxDecodedRatio", "maxDecodedBytes"]),
        ("Table and columns", ["database", "table", "createTable", "columns", "metadata", "compute", "rules", "missingColumns",
            "extraColumns", "rescueColumn", "typeChanges"]),
        ("Writing", ["write", "key", "updateColumns", "onlyIfNewer", "wholeFile", "maxRejected", "maxRejectedPercent",
            "maxRejectedInRow"]),
        ("Repeated and changed files", ["sameContent", "onChange", "onRewrite", "tail", "tailIdle"]),
        ("After the load", ["afterLoad", "archiveTo", "compress", "afterQuarantine", "quarantineTo"]),
        ("Speed and retries", ["lanes", "parsers", "batchRecords", "batchBytes", "batchTime", "bulk", "maxRowsPerSecond",
            "maxBytesPerSecond", "maxAttempts", "maxOwnerDeaths",
            "retryInitialDelay", "retryMaxDelay"]),
        ("Alerts and schedules", ["alerts", "expect"]),
    ];

    static readonly string[] NestedProperties = ["csv", "json", "excel", "fixed", "alerts", "expect"];

    /// <summary>The tables.</summary>
    /// <param name="schema">What <see cref="SchemaWriter.Write"/> gives.</param>
    public static string Write(string schema)
    {
        var root = JsonNode.Parse(schema)!["properties"]!.AsObject();
        var pipeline = root["pipelines"]!["items"]!["properties"]!.AsObject();
        pipeline.Select(p => p.Key).ShouldBe(Groups.SelectMany(g => g.Properties), ignoreOrder: true,
            "each property has a place in ConfigurationReference.Groups");
        var text = new StringBuilder("\n## Properties of a pipeline\n");
        foreach (var (title, properties) in Groups)
            Table(text, $"### {title}", properties.Select(name => (name, pipeline[name]!)));
        foreach (var name in NestedProperties) Table(text, $"## `{name}` of a pipeline", Properties(pipeline[name]!));
        Table(text, "## Top level", root.Where(p => !p.Key.StartsWith('$')).Select(p => (p.Key, p.Value!)));
        foreach (var (name, value) in root.Where(p => p.Value!["properties"] is not null))
            Table(text, $"## `{name}` at the top level", Properties(value!));
        return text.ToString();
    }

    static IEnumerable<(string Name, JsonNode Schema)> Properties(JsonNode schema) =>
        schema["properties"]!.AsObject().Select(p => (p.Key, p.Value!));

    static void Table(StringBuilder text, string heading, IEnumerable<(string Name, JsonNode Schema)> properties)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{heading}\n\n| Property | Default | Meaning |\n|---|---|---|\n");
        foreach (var (name, schema) in properties)
        {
            var description = schema["description"]!.GetValue<string>();
            var at = description.IndexOf(" Default: ", StringComparison.Ordinal);
            var values = Values(schema);
            text.Append(CultureInfo.InvariantCulture,
                $"| `{name}` | {Cell(Default(description[(at + 10)..]))} | {Cell(description[..at])}{values} |\n");
        }
    }

    static string Default(string text) => SeeOptions().IsMatch(text) ? "see its table" : text.TrimEnd('.');

    static string Values(JsonNode schema) => schema["enum"] is JsonArray values && values.Count > 1
        ? $" One of {string.Join(", ", values.Where(value => value is not null).Select(value => $"`{value!.ToString()}`"))}."
        : "";

    /// <summary>Text of a cell: bars, angle brackets, underscores and asterisks stand for themselves.</summary>
    static string Cell(string text) => Marks().Replace(text, @"\$0");

    [GeneratedRegex("^see [a-z]+Options")]
    private static partial Regex SeeOptions();

    [GeneratedRegex(@"[|<>*_\\]")]
    private static partial Regex Marks();
}
