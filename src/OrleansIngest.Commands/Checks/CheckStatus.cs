using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Checks;

/// <summary>What came of a check.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<CheckStatus>))]
enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; loading works.</summary>
    Warning,

    /// <summary>Loading cannot work.</summary>
    Failed,
}
