using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a file whose content was loaded before under another name.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<SameContentPolicy>))]
public enum SameContentPolicy
{
    /// <summary>Load it: two files may say the same twice, and mean it.</summary>
    Load,

    /// <summary>Pass it over; its state becomes <c>ignored</c>, with the other file's name as the reason.</summary>
    Skip,
}
