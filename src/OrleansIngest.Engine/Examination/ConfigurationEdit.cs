using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Examination;

/// <summary>Sets options of a pipeline in the text of a configuration file; everything else in the text stays as it is
/// written.</summary>
public static class ConfigurationEdit
{
    static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true
    };

    /// <summary>The text with the options.</summary>
    /// <param name="text">Of <c>ingest.json</c> or a file of <c>ingest.d</c>.</param>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="settings">The options.</param>
    /// <returns>Null if the text is invalid or has no such pipeline, or if the result would be invalid or mean anything
    /// else.</returns>
    public static string? Apply(string text, string pipeline, IReadOnlyList<OptionSetting> settings)
    {
        try
        {
            if (IndexOf(text, pipeline) is not { } index) return null;
            string? changed = text;
            foreach (var setting in settings)
            {
                changed = JsonTextEdit.Set(changed, ["pipelines", $"[{index}]", .. setting.Name.Split('.')], setting.Json);
                if (changed is null) return null;
            }

            return OptionChange.Apply(Read(text, index), settings) is { } wanted && wanted.Validate("").Count == 0
                && PipelineJson.Write(Read(changed, index)) == PipelineJson.Write(wanted) && AreEqualBeside(index, text, changed)
                ? changed
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static int? IndexOf(string text, string pipeline)
    {
        if (Parse(text)["pipelines"] is not JsonArray pipelines) return null;
        for (var i = 0; i < pipelines.Count; i++)
        {
            if (pipelines[i]?["name"] is JsonValue name && name.TryGetValue<string>(out var value) && value == pipeline) return i;
        }

        return null;
    }

    static PipelineOptions Read(string text, int index) =>
        PipelineJson.Read(((JsonArray)Parse(text)["pipelines"]!)[index]!.ToJsonString());

    static bool AreEqualBeside(int index, string before, string after)
    {
        var (one, other) = (Parse(before), Parse(after));
        ((JsonArray)one["pipelines"]!)[index] = null;
        ((JsonArray)other["pipelines"]!)[index] = null;
        return JsonNode.DeepEquals(one, other);
    }

    static JsonObject Parse(string text) =>
        JsonNode.Parse(text, documentOptions: Lenient) as JsonObject ?? throw new JsonException("must be an object");
}
