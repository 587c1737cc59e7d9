using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Order of day, month and year in a date of three numbers, such as 01/02/2003 or 1.2.03. A leading year of four
/// digits is a year in any order.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<DatePartOrder>))]
public enum DatePartOrder
{
    /// <summary>The day first.</summary>
    Dmy,

    /// <summary>The month first.</summary>
    Mdy,

    /// <summary>The year first.</summary>
    Ymd,
}
