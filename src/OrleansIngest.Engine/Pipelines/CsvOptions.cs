using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>How the text of the files is to be read. What is null is not told: it has its default, or, where the delimiter is
/// detected, is detected too.</summary>
public sealed class CsvOptions : ValueOptions
{
    /// <summary>The value of <see cref="Quote"/> for files in which no field is quoted.</summary>
    public const char NoQuote = '\0';

    /// <summary>The longest <see cref="Delimiter"/> and <see cref="Comment"/>, in characters.</summary>
    public const int LongestSign = 8;

    /// <summary>What stands between two fields: 1 to 8 characters, <c>"tab"</c>, or null (<c>"auto"</c> in the file) to find
    /// out, for each file, how it is written: this, and what else is not told of quotes, preamble, header and footer. A first line
    /// such as <c>sep=;</c> counts instead. Default: a comma.</summary>
    [JsonConverter(typeof(DelimiterJsonConverter))]
    public string? Delimiter { get; set; } = ",";

    /// <summary>What surrounds fields that contain delimiters, quotes or line breaks: one ASCII character, or <c>"none"</c> when
    /// no field is quoted. Default: a double quote.</summary>
    [JsonConverter(typeof(QuoteJsonConverter))]
    public char? Quote { get; set; }

    /// <summary>What stands before a quote, or before itself, inside quotes: one ASCII character; before anything else it stands
    /// for itself. A quote can be doubled in any case. With <c>"quote": "none"</c> it stands before delimiters, line breaks and
    /// itself. Default: none, a quote is doubled.</summary>
    public char? Escape { get; set; }

    /// <summary>What happens to a line whose quotes break the rules. Default: lenient.</summary>
    public QuoteReading Quotes { get; set; }

    /// <summary>What begins lines that are no records, such as <c>#</c>: 1 to 8 characters. They count as skipped. Default:
    /// none.</summary>
    public string? Comment { get; set; }

    /// <summary>Lines before the header that are no records; a first line <c>sep=;</c> is not counted. 0 to 1,000,000. Default:
    /// 0.</summary>
    [CountRange(0, 1_000_000)]
    public int? SkipLines { get; set; }

    /// <summary>Lines that name the columns; the names of several are joined with a blank. With 0, fields are the table's columns
    /// in their order. 0 to 10. Default: 1.</summary>
    [CountRange(0, 10)]
    public int? HeaderLines { get; set; }

    /// <summary>Whether there is a header: false is the same as <c>"headerLines": 0</c>. Default: true.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Header
    {
        get => HeaderLines is not 0;
        set => HeaderLines = value ? HeaderLines is 0 ? null : HeaderLines : 0;
    }

    /// <summary>The fields' names by position, for files without a header or with a broken one; they count instead of the
    /// header's. Default: empty.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Lines at the end of a file, blank ones not counted, that are no records, such as a total. They count as skipped.
    /// 0 to 1,000. Default: 0.</summary>
    [CountRange(0, 1000)]
    public int? SkipFooterLines { get; set; }

    /// <summary>Texts that are NULL when they are a whole field without quotes; giving the list replaces it. Default: the empty
    /// one.</summary>
    public IReadOnlyList<string> NullValues { get; set; } = [""];

    /// <summary>Whether <c>""</c> is NULL too. Otherwise it is an empty text, which no number or date can be: such a record is
    /// rejected, as COPY would refuse it. Default: false.</summary>
    public bool QuotedEmptyIsNull { get; set; }

    /// <summary>Whether blanks and tabs around fields, and around their quotes, are no part of them; those inside quotes are.
    /// Default: false.</summary>
    public bool? Trim { get; set; }

    /// <summary>What happens to a record with more or fewer fields than the others. Default: reject.</summary>
    public RaggedRowPolicy RaggedRows { get; set; }

    /// <summary>What happens to a line that equals the header. Default: row, it is a record like any other.</summary>
    public RepeatedHeaderPolicy? RepeatedHeader { get; set; }

    /// <summary>The longest record, in bytes; a longer one is rejected and reading goes on after it. 1 KiB to 256 MiB.
    /// Default: 1 MiB.</summary>
    [CountRange(1 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    /// <summary>How values are written in single columns of the table, where that differs from what the file has elsewhere: the
    /// column's name to <c>decimal</c>, <c>thousands</c>, <c>dateOrder</c>, <c>dateFormats</c>, <c>trueValues</c>,
    /// <c>falseValues</c>. Default: empty.</summary>
    public IReadOnlyDictionary<string, ValueOptions> Values { get; set; } = new Dictionary<string, ValueOptions>();

    /// <summary>How values are written in a column.</summary>
    internal ValueOptions ValuesOf(string column) => Values.TryGetValue(column, out var own) ? own.Over(this) : this;

    /// <summary>A copy with another delimiter; null for one that is detected.</summary>
    public CsvOptions WithDelimiter(string? delimiter)
    {
        var copy = (CsvOptions)MemberwiseClone();
        copy.Delimiter = delimiter;
        return copy;
    }

    /// <summary>Everything that is wrong; empty when the options can be used.</summary>
    /// <param name="path">Where these options stand, such as <c>pipelines[0].csv</c>.</param>
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
