using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Checks;

/// <summary>The result of a check.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<CheckStatus>))]
enum CheckStatus
{
    /// <summary>Passed.</summary>
    Ok,

    /// <summary>Worth knowing; loading works.</summary>
    Warning,

    /// <summary>Loading cannot work.</summary>
    Failed,
}
