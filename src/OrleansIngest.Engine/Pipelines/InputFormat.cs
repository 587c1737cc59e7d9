using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>File formats.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<InputFormat>))]
public enum InputFormat
{
    /// <summary>Detected from the beginning of each file: Parquet and Excel by their signatures, JSON if it is a JSON object or
    /// an array of objects, CSV otherwise.</summary>
    Auto,

    /// <summary>Text with delimiters.</summary>
    Csv,

    /// <summary>One JSON object per line (JSON Lines).</summary>
    Ndjson,

    /// <summary>One JSON document: an array of objects, or an object.</summary>
    Json,

    /// <summary>Text with fields at fixed positions of each line.</summary>
    Fixed,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Excel workbook (Office Open XML).</summary>
    Xlsx,
}
