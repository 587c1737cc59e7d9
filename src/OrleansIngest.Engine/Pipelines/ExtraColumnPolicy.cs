using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a header field without a column in the table.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ExtraColumnPolicy>))]
public enum ExtraColumnPolicy
{
    /// <summary>Its values are left out; the file's note names it.</summary>
    Ignore,

    /// <summary>The file is quarantined.</summary>
    Quarantine,

    /// <summary>The table gets a column for it.</summary>
    Add,

    /// <summary>Its values go into <see cref="PipelineOptions.RescueColumn"/>.</summary>
    Rescue,
}
