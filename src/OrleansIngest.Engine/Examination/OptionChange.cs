using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Examination;

/// <summary>Sets options of a pipeline by their names.</summary>
public static class OptionChange
{
    /// <summary>A copy of the options with these set; null when the result is invalid.</summary>
    public static PipelineOptions? Apply(PipelineOptions options, IReadOnlyList<OptionSetting> settings)
    {
        var json = JsonNode.Parse(PipelineJson.Write(options))!.AsObject();
        foreach (var setting in settings) Set(json, setting.Name, setting.Node());
        try
        {
            return PipelineJson.Read(json.ToJsonString());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The settings as JSON, as in <c>ingest.json</c>, without the enclosing braces.</summary>
    public static string Snippet(IReadOnlyList<OptionSetting> settings)
    {
        var json = new JsonObject();
        foreach (var setting in settings) Set(json, setting.Name, setting.Node());
        return string.Join(", ", json.Select(p => $"\"{p.Key}\": {OptionSetting.Of(p.Key, p.Value!).Json}"));
    }

    static void Set(JsonObject json, string name, JsonNode value)
    {
        var steps = name.Split('.');
        foreach (var step in steps[..^1])
        {
            if (json[step] is not JsonObject inner) json[step] = inner = [];
            json = inner;
        }

        json[steps[^1]] = value;
        // The same option by its other name, which would be read last.
        if (name == "csv.headerLines") json.Remove("header");
    }
}
