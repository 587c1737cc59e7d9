using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Pipelines;

/// <summary>Pipelines as text, on their way into the database.</summary>
static class PipelineText
{
    static readonly JsonDocumentOptions Lenient = new()
    { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a pipeline, or all of a configuration (<c>{ "pipelines": [ … ] }</c>), and
    /// checks them as those of a file.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="directory">The base of relative directories, because each silo would use its own.</param>
    /// <param name="hasPlaces">Whether messages name lines and columns: not of a text that options have changed. Default:
    /// true.</param>
    /// <exception cref="CliException">It is invalid; the message lists every problem with its place.</exception>
    public static IReadOnlyList<PipelineOptions> Read(string text, string name, string directory, bool hasPlaces = true)
    {
        var isMany = IsConfiguration(text);
        var problems = new FileProblems(text, name, hasPlaces);
        IReadOnlyList<PipelineOptions> pipelines = isMany
            ? problems.Read(IngestJson.Default.IngestPart)?.Pipelines ?? []
            : problems.Read(IngestJson.Default.PipelineOptions) is { } one ? [one] : [];
        for (var i = 0; i < pipelines.Count; i++)
        {
            var path = isMany ? FormattableString.Invariant($"pipelines[{i}]") : "";
            IngestFile.Root(pipelines[i], directory);
            problems.Add(PipelineStore.Check(pipelines[i],
                path).Select(problem => problem with { Path = problem.Path.TrimStart('.') }));
        }

        problems.Refuse();
        return pipelines;
    }

    /// <summary>A pipeline as JSON for people.</summary>
    public static string Write(JsonNode pipeline) => ReadableJson.Of(pipeline, isIndented: true) + "\n";

    /// <summary>Sets one property: <c>settleTime=2s</c>, <c>csv.delimiter=;</c>, <c>watch=/data/in</c>, <c>columns={"a":
    /// "b"}</c>; <c>null</c> sets it back to its default.</summary>
    /// <exception cref="CliException">It has no <c>=</c>, or leads through a value without properties.</exception>
    public static void Set(JsonObject pipeline, string setting)
    {
        var at = setting.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0) throw CliException.Usage($"--set must be PROPERTY=VALUE, such as settleTime=2s, not '{setting}'");
        var steps = setting[..at].Split('.');
        JsonNode? standard = JsonNode.Parse(PipelineJson.Write(new PipelineOptions()));
        var target = pipeline;
        foreach (var step in steps[..^1])
        {
            standard = standard is JsonObject known ? known[step] : null;
            if (target[step] is null) target[step] = new JsonObject();
            target = target[step] as JsonObject ?? throw CliException.Usage($"--set {setting}: {step} has no properties");
        }

        var value = Value(setting[(at + 1)..], standard is JsonObject all ? all[steps[^1]] : null);
        if (value is null) target.Remove(steps[^1]);
        else target[steps[^1]] = value;
    }

    /// <summary>Parsed as JSON if it is valid, unless the property is a string; else the text. A single value
    /// for a list is a list of one.</summary>
    static JsonNode? Value(string text, JsonNode? standard)
    {
        if (text == "null") return null;
        JsonNode? value = JsonValue.Create(text);
        if (standard is not JsonValue || standard.GetValueKind() != JsonValueKind.String)
        {
            try
            {
                value = JsonNode.Parse(text, documentOptions: Lenient);
            }
            catch (JsonException)
            {
                // It is a text.
            }
        }

        return standard is JsonArray && value is not JsonArray ? new JsonArray(value) : value;
    }

    static bool IsConfiguration(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("pipelines", out _);
        }
        catch (JsonException)
        {
            return false; // its reader reports it with its place
        }
    }
}
