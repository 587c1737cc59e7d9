using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a line with the same fields as one of the header's lines.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RepeatedHeaderPolicy>))]
public enum RepeatedHeaderPolicy
{
    /// <summary>It is a record like any other.</summary>
    Row,

    /// <summary>It is skipped: files that were put together from several.</summary>
    Skip,

    /// <summary>It and everything behind it is skipped.</summary>
    Stop,
}
