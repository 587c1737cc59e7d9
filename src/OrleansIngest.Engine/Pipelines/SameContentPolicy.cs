using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a file whose content the pipeline has already loaded under another name. The other file is reported in
/// either case.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<SameContentPolicy>))]
public enum SameContentPolicy
{
    /// <summary>The file is loaded: its rows are in the table twice.</summary>
    Load,

    /// <summary>The file is not loaded. Of several such files that arrive at the same time, exactly one is loaded.</summary>
    Skip,
}
