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
    /// <summary>The format that the pipeline says, or that the content's beginning shows.</summary>
    public static IRecordFormat For(PipelineOptions options, ByteContent content) =>
        Binary(options, content) ?? Text(options, content);

    /// <summary>A format of bytes, which no encoding and no archive may be looked for in; null for a text.</summary>
    public static IRecordFormat? Binary(PipelineOptions options, ByteContent content) => options.Format switch
    {
        InputFormat.Parquet or InputFormat.Xlsx => Of(options.Format, options),
        InputFormat.Auto => DetectBinary(content) is { } found ? Of(found, options) : null,
        _ => null,
    };

    /// <summary>A format of text.</summary>
    /// <param name="options">May say which.</param>
    /// <param name="content">In UTF-8.</param>
    public static IRecordFormat Text(PipelineOptions options, ByteContent content)
    {
        if (options.Format != InputFormat.Auto) return Of(options.Format, options);
        // A CSV file without a header may well have a first field that is JSON.
        return Of(options.Csv.HeaderLines != 0 && JsonDetection.Of(content, options.Json) is { } json ? json : InputFormat.Csv,
            options);
    }

    /// <summary>A format by what the ledger calls it: for records that were rejected.</summary>
    /// <returns>Null for one that this version does not have.</returns>
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
