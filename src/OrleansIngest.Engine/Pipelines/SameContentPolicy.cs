using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a file whose content the pipeline has loaded under another name. Either way the other file is named.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<SameContentPolicy>))]
public enum SameContentPolicy
{
    /// <summary>It is loaded: its rows are in the table twice.</summary>
    Load,

    /// <summary>It is not loaded. Of files that arrive at the same moment exactly one is.</summary>
    Skip,
}
