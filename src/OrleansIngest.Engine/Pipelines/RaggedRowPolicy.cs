using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a record with more or fewer fields than the file's records have.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RaggedRowPolicy>))]
public enum RaggedRowPolicy
{
    /// <summary>It is rejected.</summary>
    Reject,

    /// <summary>Missing fields at its end are NULL, surplus ones are left out.</summary>
    Fit,
}
