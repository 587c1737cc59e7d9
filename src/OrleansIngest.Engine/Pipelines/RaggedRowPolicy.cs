using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a record with more or fewer fields than the header.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RaggedRowPolicy>))]
public enum RaggedRowPolicy
{
    /// <summary>It is rejected.</summary>
    Reject,

    /// <summary>Missing fields at its end are NULL, surplus fields are ignored.</summary>
    Fit,
}
