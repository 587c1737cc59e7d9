using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Excel;
using OrleansIngest.Engine.Formats.FixedWidth;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Formats.Parquet;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Chooses the format of an input.</summary>
static class InputFormats
{
    /// <summary>The configured format, or the one detected from the content's beginning.</summary>
    public static IRecordFormat For(PipelineOptions options, ByteContent content) =>
        Binary(options, content) ?? Text(options, content);

    /// <summary>A binary format, in which neither an encoding nor an archive is detected; null for text.</summary>
    public static IRecordFormat? Binary(PipelineOptions options, ByteContent content) => options.Format switch
    {
        InputFormat.Parquet or InputFormat.Xlsx => Of(options.Format, options),
        InputFormat.Auto => DetectBinary(content) is { } found ? Of(found, options) : null,
        _ => null,
    };

    /// <summary>A text format.</summary>
    /// <param name="options">May specify the format.</param>
    /// <param name="content">In UTF-8.</param>
    public static IRecordFormat Text(PipelineOptions options, ByteContent content)
    {
        if (options.Format != InputFormat.Auto) return Of(options.Format, options);
        // The first field of a CSV file without a header may well be JSON.
        return Of(options.Csv.HeaderLines != 0 && JsonDetection.Of(content, options.Json) is { } json ? json : InputFormat.Csv,
            options);
    }

    /// <summary>A format by its name in the ledger, for rejected records.</summary>
    /// <returns>Null for a format that this version does not have.</returns>
    public static IRecordFormat? Named(string name, PipelineOptions options) =>
        Enum.TryParse<InputFormat>(name, ignoreCase: true, out var format) && format != InputFormat.Auto
            ? Of(format, options) : null;

    static IRecordFormat Of(InputFormat format, PipelineOptions options) => format switch
    {
        InputFormat.Ndjson => new NdjsonFormat(options.Json),
        InputFormat.Json => new JsonFormat(options.Json),
        InputFormat.Parquet => new ParquetFormat(),
        InputFormat.Xlsx => new XlsxFormat(options.Excel),
        InputFormat.Fixed => new FixedFormat(options.Fixed),
        _ => new CsvFormat(options.Csv),
    };

    static InputFormat? DetectBinary(ByteContent content)
    {
        Span<byte> head = stackalloc byte[8];
        head = head[..content.Read(0, head)];
        if (ParquetFile.Recognizes(head)) return InputFormat.Parquet;
        return WorkbookSignature.IsOle(head) || WorkbookSignature.Recognizes(content) ? InputFormat.Xlsx : null;
    }
}
