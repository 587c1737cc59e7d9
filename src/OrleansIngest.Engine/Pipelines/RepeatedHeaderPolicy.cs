using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a line that equals one of the header lines.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RepeatedHeaderPolicy>))]
public enum RepeatedHeaderPolicy
{
    /// <summary>It is a record like any other.</summary>
    Row,

    /// <summary>It is skipped; for files that were concatenated from several.</summary>
    Skip,

    /// <summary>It and everything after it are skipped.</summary>
    Stop,
}
