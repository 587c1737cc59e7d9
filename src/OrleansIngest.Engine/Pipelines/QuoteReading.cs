using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a record with malformed quotes.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<QuoteReading>))]
public enum QuoteReading
{
    /// <summary>The line is read again: a quote closes a field only before a delimiter or the line's end, and is literal
    /// anywhere else. If exactly one such reading has the expected number of fields, it is the record; else the line is
    /// rejected.</summary>
    Lenient,

    /// <summary>The line is rejected.</summary>
    Strict,
}
