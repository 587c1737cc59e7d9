using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>File formats.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<InputFormat>))]
public enum InputFormat
{
    /// <summary>What each file's beginning says: Parquet and Excel by their marks, JSON when it is a JSON object or an array of
    /// them, CSV otherwise.</summary>
    Auto,

    /// <summary>Text with delimiters.</summary>
    Csv,

    /// <summary>A JSON object a line (JSON Lines).</summary>
    Ndjson,

    /// <summary>One JSON document: an array of objects, or an object.</summary>
    Json,

    /// <summary>Text whose fields stand at fixed places of each line.</summary>
    Fixed,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>A workbook of Excel (Office Open XML).</summary>
    Xlsx,
}
