using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a header field without a column in the table.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ExtraColumnPolicy>))]
public enum ExtraColumnPolicy
{
    /// <summary>The field is ignored; the file's note names it.</summary>
    Ignore,

    /// <summary>The file is quarantined.</summary>
    Quarantine,

    /// <summary>A column is added to the table.</summary>
    Add,

    /// <summary>The field is stored in <see cref="PipelineOptions.RescueColumn"/>.</summary>
    Rescue,
}
