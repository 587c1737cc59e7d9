using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a line that equals one of the header lines.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RepeatedHeaderPolicy>))]
public enum RepeatedHeaderPolicy
{
    /// <summary>The line is a record like any other.</summary>
    Row,

    /// <summary>The line is skipped; for files that were concatenated from several.</summary>
    Skip,

    /// <summary>The line and everything after it are skipped.</summary>
    Stop,
}
