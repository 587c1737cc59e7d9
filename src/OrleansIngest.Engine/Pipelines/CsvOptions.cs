using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>How the text of the files, UTF-8, is to be read. An empty field without quotes is NULL; a quoted empty field is an empty text.</summary>
public sealed class CsvOptions
{
    /// <summary>What stands between two fields: one ASCII character, or null (<c>"auto"</c> in the file) to take the one of
    /// <c>, ; tab |</c> that splits the header and the records behind it alike. Default: a comma.</summary>
    [JsonConverter(typeof(DelimiterJsonConverter))]
    public char? Delimiter { get; set; } = ',';

    /// <summary>What surrounds fields that contain delimiters, quotes or line breaks; doubled inside. One ASCII character.
    /// Default: a double quote.</summary>
    public char Quote { get; set; } = '"';

    /// <summary>Whether the first record names the columns. Without a header, fields are the table's columns in their order.
    /// Default: true.</summary>
    public bool Header { get; set; } = true;

    /// <summary>The longest record, in bytes; a longer one is rejected and reading goes on after it. 1 KiB to 256 MiB.
    /// Default: 1 MiB.</summary>
    [CountRange(1 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        if (Delimiter is { } delimiter && (!char.IsAscii(delimiter) || delimiter is '\r' or '\n' or '\0'))
            problems.Add(new($"{path}.delimiter", "must be one ASCII character, not a line break, or \"auto\""));
        if (!char.IsAscii(Quote) || Quote is '\r' or '\n' or '\0')
            problems.Add(new($"{path}.quote", "must be one ASCII character, not a line break"));
        if (Delimiter == Quote)
            problems.Add(new($"{path}.delimiter", "must differ from quote"));
    }
}
