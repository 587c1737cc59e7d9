using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a record with more or fewer fields than the header.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RaggedRowPolicy>))]
public enum RaggedRowPolicy
{
    /// <summary>The record is rejected.</summary>
    Reject,

    /// <summary>Missing fields at the end of the record are NULL, surplus fields are ignored.</summary>
    Fit,
}
