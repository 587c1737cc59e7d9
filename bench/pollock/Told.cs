using System.Globalization;
using System.Text.Json;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Pollock;

/// <summary>A file's dialect as the benchmark tells it to every system, in the words of a pipeline.</summary>
/// <param name="Options">The pipeline's <c>csv</c>.</param>
/// <param name="HasHeader">Whether the file has a header.</param>
sealed record Told(CsvOptions Options, bool HasHeader)
{
    public static Told Read(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(path));
        var parameters = file.RootElement;
        var headerLines = Number(parameters, "header_lines");
        var quote = Letter(parameters, "quotechar") ?? '"';
        var options = new CsvOptions
        {
            Delimiter = Text(parameters, "delimiter") is { Length: > 0 } delimiter ? delimiter : ",",
            Quote = quote,
            Escape = Letter(parameters, "escapechar") is { } escape && escape != quote ? escape : null,
            SkipLines = Number(parameters, "preamble_lines"),
            HeaderLines = headerLines,
            SkipFooterLines = Number(parameters, "footnote_lines"),
            Columns = Names(parameters),
            RepeatedHeader = RepeatedHeaderPolicy.Stop, // the benchmark expects the first table of a file that has two
        };
        return new Told(options, headerLines > 0);
    }

    /// <summary>As the benchmark's other wrappers name the columns of their tables.</summary>
    static List<string> Names(JsonElement parameters)
    {
        var names = parameters.GetProperty("column_names").EnumerateArray()
            .Select(name => (name.GetString() ?? "").Trim()).ToList();
        return names.Count > 0 ? names : [.. Enumerable.Range(0, Number(parameters, "n_columns")).Select(i => $"col_{i}")];
    }

    static string Text(JsonElement parameters, string name) => parameters.GetProperty(name).GetString() ?? "";

    static char? Letter(JsonElement parameters, string name) => Text(parameters, name) is { Length: > 0 } text ? text[0] : null;

    /// <summary>The real files' parameters have numbers as text, and some none.</summary>
    static int Number(JsonElement parameters, string name) => parameters.TryGetProperty(name, out var value)
        ? value.ValueKind == JsonValueKind.Number ? value.GetInt32()
            : int.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var number) ? number : 0
        : 0;
}
