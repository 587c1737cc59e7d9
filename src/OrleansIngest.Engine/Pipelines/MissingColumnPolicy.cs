using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a header that lacks a column of the table.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<MissingColumnPolicy>))]
public enum MissingColumnPolicy
{
    /// <summary>Columns that are nullable or have a default may be missing; a missing required column quarantines the
    /// file.</summary>
    AllowOptional,

    /// <summary>Any missing writable column quarantines the file.</summary>
    Quarantine,
}
