using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>The CSV dialect. A null value stands for its default, or is detected together with the delimiter.</summary>
public sealed class CsvOptions : ValueOptions
{
    /// <summary>The value of <see cref="Quote"/> for files in which no field is quoted.</summary>
    public const char NoQuote = '\0';

    /// <summary>The longest <see cref="Delimiter"/> and <see cref="Comment"/>, in characters.</summary>
    public const int LongestSign = 8;

    /// <summary>Field delimiter: 1 to 8 characters, <c>"tab"</c>, or null (<c>"auto"</c> in the file) to detect it for each
    /// file, together with every option of quotes, preamble, header and footer that is not set. A first line such as
    /// <c>sep=;</c> takes precedence. Default: a comma.</summary>
    [JsonConverter(typeof(DelimiterJsonConverter))]
    public string? Delimiter { get; set; } = ",";

    /// <summary>Quote character of fields that contain delimiters, quotes or line breaks: one ASCII character, or
    /// <c>"none"</c> if no field is quoted. Default: a double quote.</summary>
    [JsonConverter(typeof(QuoteJsonConverter))]
    public char? Quote { get; set; }

    /// <summary>Escape character before a quote or before itself inside quotes: one ASCII character. Before any other
    /// character it is literal. Doubled quotes are always understood. With <c>"quote": "none"</c> it escapes delimiters, line
    /// breaks and itself. Default: none, quotes are doubled.</summary>
    public char? Escape { get; set; }

    /// <summary>Policy for a line with malformed quotes. Default: lenient.</summary>
    public QuoteReading Quotes { get; set; }

    /// <summary>Prefix of comment lines, such as <c>#</c>: 1 to 8 characters. Comment lines count as skipped. Default:
    /// none.</summary>
    public string? Comment { get; set; }

    /// <summary>Number of lines to skip before the header; a first line <c>sep=;</c> does not count. 0 to 1,000,000. Default:
    /// 0.</summary>
    [CountRange(0, 1_000_000)]
    public int? SkipLines { get; set; }

    /// <summary>Number of header lines; the names of several lines are joined with a space. With 0, fields map to the table's
    /// columns by position. 0 to 10. Default: 1.</summary>
    [CountRange(0, 10)]
    public int? HeaderLines { get; set; }

    /// <summary>Whether there is a header; false is the same as <c>"headerLines": 0</c>. Default: true.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Header
    {
        get => HeaderLines is not 0;
        set => HeaderLines = value ? HeaderLines is 0 ? null : HeaderLines : 0;
    }

    /// <summary>Field names by position, for files with a missing or broken header; they override the header. Default:
    /// empty.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Number of lines to skip at the end of a file, such as a total; blank lines do not count. Footer lines count
    /// as skipped. 0 to 1,000. Default: 0.</summary>
    [CountRange(0, 1000)]
    public int? SkipFooterLines { get; set; }

    /// <summary>Strings read as NULL when they are a whole unquoted field. A list replaces the default list. Default: the empty
    /// string.</summary>
    public IReadOnlyList<string> NullValues { get; set; } = [""];

    /// <summary>Read <c>""</c> as NULL too. Otherwise it is an empty string, which is invalid for numbers and dates: such a
    /// record is rejected, as COPY would refuse it. Default: false.</summary>
    public bool QuotedEmptyIsNull { get; set; }

    /// <summary>Remove spaces and tabs around fields and around their quotes; spaces inside quotes are kept. Default:
    /// false.</summary>
    public bool? Trim { get; set; }

    /// <summary>Policy for a record with more or fewer fields than the header. Default: reject.</summary>
    public RaggedRowPolicy RaggedRows { get; set; }

    /// <summary>Policy for a line that equals the header. Default: row, which reads it as a record.</summary>
    public RepeatedHeaderPolicy? RepeatedHeader { get; set; }

    /// <summary>Maximum size of a record in bytes. A longer record is rejected, and loading continues after it. 1 KiB to 256
    /// MiB. Default: 1 MiB.</summary>
    [CountRange(1 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    /// <summary>Value formats of single columns that differ from the rest of the file: column name to <c>decimal</c>,
    /// <c>thousands</c>, <c>dateOrder</c>, <c>dateFormats</c>, <c>trueValues</c>, <c>falseValues</c>. Default:
    /// empty.</summary>
    public IReadOnlyDictionary<string, ValueOptions> Values { get; set; } = new Dictionary<string, ValueOptions>();

    /// <summary>The value formats of a column.</summary>
    internal ValueOptions ValuesOf(string column) => Values.TryGetValue(column, out var own) ? own.Over(this) : this;

    /// <summary>A copy with another delimiter; null for one that is detected.</summary>
    public CsvOptions WithDelimiter(string? delimiter)
    {
        var copy = (CsvOptions)MemberwiseClone();
        copy.Delimiter = delimiter;
        return copy;
    }

    /// <summary>The problems; empty if the options are valid.</summary>
    /// <param name="path">The path of these options, such as <c>pipelines[0].csv</c>.</param>
    public IReadOnlyList<OptionProblem> Validate(string path)
    {
        var problems = new List<OptionProblem>();
        Validate(path, problems);
        return problems;
    }

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        var quote = Quote ?? '"';
        Sign(Delimiter, $"{path}.delimiter", ", \"tab\" or \"auto\"");
        Sign(Comment, $"{path}.comment", "");
        if (!char.IsAscii(quote) || IsBreak(quote))
            problems.Add(new($"{path}.quote", "must be one ASCII character, not a line break, or \"none\""));
        if (Delimiter?.Contains(quote) == true)
            problems.Add(new($"{path}.delimiter", "must differ from quote"));
        if (Escape is { } escape && (!char.IsAscii(escape) || IsBreak(escape) || escape == NoQuote
            || Delimiter?.Contains(escape) == true))
            problems.Add(new($"{path}.escape", "must be one ASCII character, not a line break, and not a part of the delimiter"));
        if (Comment is { Length: > 0 } comment && (comment[0] == quote || comment == Delimiter))
            problems.Add(new($"{path}.comment", "must differ from quote and delimiter"));
        if (HeaderLines == 0 && RepeatedHeader is not (null or RepeatedHeaderPolicy.Row))
            problems.Add(new($"{path}.repeatedHeader", "needs a header, and headerLines is 0"));
        ValidateValues(path, problems);
        foreach (var (column, values) in Values)
        {
            if ((values.Decimal ?? values.Thousands) is not null)
                ValuesOf(column).CheckSigns($"{path}.values.{column}", problems);
            values.ValidateValues($"{path}.values.{column}", problems);
        }

        CheckSigns(path, problems);

        void Sign(string? sign, string at, string other)
        {
            if (sign is not null && (sign.Length is 0 or > LongestSign || sign.Any(IsBreak) || sign.Contains(NoQuote)))
                problems.Add(new(at, $"must be 1 to {LongestSign} characters, no line break{other}"));
        }
    }

    static bool IsBreak(char sign) => sign is '\r' or '\n';
}
