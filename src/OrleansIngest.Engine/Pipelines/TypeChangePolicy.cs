using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a record with a value that the type of its column cannot hold.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<TypeChangePolicy>))]
public enum TypeChangePolicy
{
    /// <summary>The record is rejected.</summary>
    Reject,

    /// <summary>The column gets the next wider type that holds the value, where there is one that loses nothing.</summary>
    Widen,
}
