using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Defines how a file's text is divided into records and fields: the options of the pipeline, and the detected values of
/// all options that it does not set. Complete.</summary>
/// <remarks>Value semantics, except for the lists; <c>with</c> creates the dialect of a finding.</remarks>
public sealed record CsvDialect
{
    /// <summary>Between two fields: 1 to 8 characters. Default: a comma.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>Around fields with delimiters, quotes or line breaks; <see cref="CsvOptions.NoQuote"/> when no field is quoted.
    /// Default: a double quote.</summary>
    [JsonConverter(typeof(SignJsonConverter))]
    public char Quote { get; init; } = '"';

    /// <summary>Before a quote or itself inside quotes; equal to <see cref="Quote"/> when a quote is doubled instead. Without
    /// quotes: before a delimiter, a line break or itself anywhere, and <see cref="CsvOptions.NoQuote"/> for none. Default: a
    /// double quote.</summary>
    [JsonConverter(typeof(SignJsonConverter))]
    public char Escape { get; init; } = '"';

    /// <summary>What happens to records whose quotes break the rules. Default: lenient.</summary>
    public QuoteReading Quotes { get; init; }

    /// <summary>Begins lines that are not records; empty for none. Default: empty.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Lines before the header that are not records, whatever their content; a line such as <c>sep=;</c> is not counted.
    /// Default: 0.</summary>
    public int SkipLines { get; init; }

    /// <summary>Lines that name the fields. Default: 1.</summary>
    public int HeaderLines { get; init; } = 1;

    /// <summary>The fields' names by position, instead of the header's; empty to use the header's. Default: empty.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Lines at the end that are not records, not counting blank ones. Default: 0.</summary>
    public int SkipFooterLines { get; init; }

    /// <summary>Texts that are NULL when they are a whole unquoted field. Default: the empty text.</summary>
    public IReadOnlyList<string> NullValues { get; init; } = [""];

    /// <summary>Whether an empty quoted field is also NULL. Default: false.</summary>
    public bool QuotedEmptyIsNull { get; init; }

    /// <summary>Whether spaces and tabs around fields, and around their quotes, are removed. Default: false.</summary>
    public bool Trim { get; init; }

    /// <summary>What happens to records with another number of fields. Default: reject.</summary>
    public RaggedRowPolicy RaggedRows { get; init; }

    /// <summary>What happens to lines that equal the header. Default: row.</summary>
    public RepeatedHeaderPolicy RepeatedHeader { get; init; }

    /// <summary>Maximum length of a record, in bytes. Default: 1 MiB.</summary>
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Whether fields have names: those of a header, or <see cref="Columns"/>.</summary>
    [JsonIgnore]
    public bool HasNames => HeaderLines > 0 || Columns.Count > 0;

    /// <summary>Whether fields can be quoted.</summary>
    [JsonIgnore]
    public bool HasQuote => Quote != CsvOptions.NoQuote;

    /// <summary>The dialect with a pipeline's options, and defaults for those that it does not set; a comma if the delimiter is
    /// to be detected.</summary>
    public static CsvDialect Of(CsvOptions told) => new()
    {
        Delimiter = told.Delimiter ?? ",",
        Quote = told.Quote ?? '"',
        Escape = told.Escape ?? told.Quote ?? '"',
        Quotes = told.Quotes,
        Comment = told.Comment ?? "",
        SkipLines = told.SkipLines ?? 0,
        HeaderLines = told.HeaderLines ?? 1,
        Columns = told.Columns,
        SkipFooterLines = told.SkipFooterLines ?? 0,
        NullValues = told.NullValues,
        QuotedEmptyIsNull = told.QuotedEmptyIsNull,
        Trim = told.Trim ?? false,
        RaggedRows = told.RaggedRows,
        RepeatedHeader = told.RepeatedHeader ?? RepeatedHeaderPolicy.Row,
        MaxRecordBytes = told.MaxRecordBytes,
    };

    /// <summary>The options that define this dialect, which was detected for one file. If the file ends with lines that are not
    /// records, the options leave the footer to detection for each file: another one may end with records.</summary>
    /// <param name="told">The configured options, which take precedence.</param>
    public CsvOptions AsOptions(CsvOptions told)
    {
        var options = told.WithDelimiter(told.Delimiter);
        if (told.Delimiter is not null || (told.SkipFooterLines is null && SkipFooterLines > 0)) return options;
        options.Delimiter = Delimiter;
        options.Quote ??= Quote == '"' ? null : Quote;
        options.Escape ??= Escape == Quote ? null : Escape;
        options.SkipLines ??= SkipLines == 0 ? null : SkipLines;
        options.HeaderLines ??= HeaderLines == 1 ? null : HeaderLines;
        options.RepeatedHeader ??= RepeatedHeader == RepeatedHeaderPolicy.Row ? null : RepeatedHeader;
        if (options.Columns.Count == 0) options.Columns = [.. Columns];
        return options;
    }
}
