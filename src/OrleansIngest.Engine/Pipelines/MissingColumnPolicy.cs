using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a header that lacks a column of the table.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<MissingColumnPolicy>))]
public enum MissingColumnPolicy
{
    /// <summary>Fine for columns that take NULL or have a default; a missing required column quarantines the file.</summary>
    AllowOptional,

    /// <summary>Any missing column that can be written quarantines the file.</summary>
    Quarantine,
}
