using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a value that does not fit the type of its column.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<TypeChangePolicy>))]
public enum TypeChangePolicy
{
    /// <summary>The record is rejected.</summary>
    Reject,

    /// <summary>The column gets the next wider type that holds the value, if one exists that loses nothing.</summary>
    Widen,
}
