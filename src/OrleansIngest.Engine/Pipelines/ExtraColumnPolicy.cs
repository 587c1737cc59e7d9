using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens when the file's header has a column that the table lacks.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ExtraColumnPolicy>))]
public enum ExtraColumnPolicy
{
    /// <summary>Its values are left out; the log names it.</summary>
    Ignore,

    /// <summary>The file is quarantined.</summary>
    Quarantine,
}
