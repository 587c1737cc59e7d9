using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The dialect of a file whose pipeline has <c>"delimiter": "auto"</c>: configured options are used, all others are
/// detected.</summary>
/// <param name="Dialect">Complete.</param>
/// <param name="FieldCount">Number of fields of a record.</param>
/// <param name="Findings">Unusual findings, human-readable, each a part of a sentence.</param>
sealed record CsvDetection(CsvDialect Dialect, int FieldCount, IReadOnlyList<string> Findings)
{
    /// <summary>The properties shared by files of one kind; where records start and end may differ between them.</summary>
    public string Summary => SummaryOf(Dialect);

    /// <summary>The <see cref="Summary"/> of a dialect.</summary>
    public static string SummaryOf(CsvDialect dialect) =>
        $"delimiter {Shown(dialect.Delimiter)}, quote {Shown(dialect.Quote.ToString())}, escape "
            + $"{Shown(dialect.Escape.ToString())}, "
        + Counted.Of(dialect.HeaderLines, "header line");

    /// <summary>Examines a content. The same bytes and columns always give the same result.</summary>
    /// <param name="content">Decoded.</param>
    /// <param name="told">The pipeline's options; null for those to detect.</param>
    /// <param name="columns">The names of the table's columns; null if there is none.</param>
    /// <exception cref="LayoutException">Two readings are equally good; the message shows both.</exception>
    public static CsvDetection Of(ByteContent content, CsvOptions told, IReadOnlyList<string>? columns)
    {
        var usual = CsvDialect.Of(told);
        using var sample = SampleText.Of(content);
        var found = DialectDetector.Detect(sample, HintsOf(told, columns));
        var quote = told.Quote ?? found.Splitting.Quote;
        var dialect = usual with
        {
            Delimiter = told.Delimiter ?? found.Splitting.Delimiter,
            Quote = quote,
            Escape = told.Escape ?? (found.Splitting.Escape == '\0' ? quote : found.Splitting.Escape),
            SkipLines = told.SkipLines ?? found.SkipLines,
            HeaderLines = told.HeaderLines ?? found.HeaderLines,
            SkipFooterLines = told.SkipFooterLines ?? found.FooterLines,
            RepeatedHeader = told.RepeatedHeader ?? (found.HeaderComesAgain ? RepeatedHeaderPolicy.Skip : usual.RepeatedHeader),
            Columns = told.Columns.Count > 0 ? told.Columns : found.Names,
        };
        return new CsvDetection(dialect, found.FieldCount, Sentences(usual, dialect, found));
    }

    static DialectHints HintsOf(CsvOptions told, IReadOnlyList<string>? columns)
    {
        var names = columns?.Select(Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new DialectHints
        {
            Delimiter = told.Delimiter,
            Quote = told.Quote,
            Escape = told.Escape is { } escape ? escape == (told.Quote ?? '"') ? '\0' : escape : null,
            SkipLines = told.SkipLines,
            HeaderLines = told.HeaderLines,
            FooterLines = told.SkipFooterLines,
            HasNames = told.Columns.Count > 0,
            IsColumn = names is null ? null : name => names.Contains(Key(name)),
        };
    }

    static string Key(string name) => name.Trim(' ', '\t', '"');

    static List<string> Sentences(CsvDialect usual, CsvDialect dialect, DialectFinding found)
    {
        var findings = new List<string>();
        if (dialect.Delimiter != usual.Delimiter && found.FieldCount > 1)
            findings.Add($"the delimiter is {Shown(dialect.Delimiter)}");
        if (dialect.Quote != usual.Quote) findings.Add($"fields are quoted with {dialect.Quote}");
        if (dialect.Escape != dialect.Quote && dialect.Escape != usual.Escape)
            findings.Add($"quotes inside a field are escaped with {dialect.Escape}");
        if (dialect.SkipLines > usual.SkipLines)
            findings.Add(dialect.SkipLines == 1 ? "line 1 is before the header"
                : $"lines 1 to {dialect.SkipLines} are before the header");
        if (dialect.HeaderLines == 0 && usual.HeaderLines != 0) findings.Add("there is no header: the first line is data");
        if (dialect.HeaderLines > 1 && usual.HeaderLines != dialect.HeaderLines)
            findings.Add($"the header has {Counted.Of(dialect.HeaderLines, "line")}");
        if (found.HeaderFinding is { } odd) findings.Add(odd);
        if (found.HeaderComesAgain && dialect.RepeatedHeader != usual.RepeatedHeader)
            findings.Add("the header is repeated: repetitions are skipped");
        if (dialect.SkipFooterLines > usual.SkipFooterLines)
            findings.Add(dialect.SkipFooterLines == 1 ? "the last line is not a record"
                : $"the last {Counted.Of(dialect.SkipFooterLines, "line")} are not records");
        return findings;
    }

    static string Shown(string delimiter) => delimiter switch
    {
        "\t" => "a tab",
        " " => "a space",
        _ when delimiter.Any(letter => char.IsControl(letter) || !char.IsAscii(letter)) =>
            string.Concat(delimiter.Select(letter => $"\\u{(int)letter:X4}")),
        _ => $"'{delimiter}'",
    };
}
