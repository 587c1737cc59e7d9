using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The options of <c>load</c>, <c>check</c> and <c>init</c> that say how a file's text is to be read: those of a
/// pipeline's <c>csv</c>, and stronger.</summary>
sealed class CsvArguments
{
    const string AsThePipeline = "that of the table's pipeline";

    readonly Option<string?> _delimiter;

    readonly Option<string?> _quote = Text("--quote", "What surrounds fields: one character, or none", "CHAR");

    readonly Option<string?> _escape = Text(
        "--escape", "What stands before a quote inside quotes: one character. Default: a quote is doubled", "CHAR");

    readonly Option<string?> _quotes = Choice(
        "--quotes", "A line whose quotes break the rules: lenient reads it once more, strict rejects it", "lenient", "strict");

    readonly Option<string?> _comment = Text("--comment", "What begins lines that are no records, such as #", "SIGN");

    readonly Option<long> _skipLines = UnitOptions.Count(
        "--skip-lines", "Lines before the header that are no records", 0, 0, 1_000_000);

    readonly Option<long> _headerLines = UnitOptions.Count(
        "--header-lines", "Lines that name the columns; 0 for a file without a header", 1, 0, 10);

    readonly Option<bool> _noHeader = new("--no-header") { Description = "The first record is data already: --header-lines 0" };

    readonly Option<string?> _columns = Text(
        "--columns", "The fields' names by position instead of the header's, with commas between them", "NAMES");

    readonly Option<long> _skipFooterLines = UnitOptions.Count(
        "--skip-footer-lines", "Lines at the end that are no records", 0, 0, 1000);

    readonly Option<string[]> _nullValues = Texts(
        "--null-value", "A text that is NULL; repeat it for several. Given once, the empty text is none of them any more", "TEXT");

    readonly Option<bool> _quotedEmptyIsNull = new("--quoted-empty-is-null") { Description = "\"\" is NULL, not an empty text" };

    readonly Option<bool> _trim = new("--trim") { Description = "Blanks and tabs around fields are no part of them" };

    readonly Option<string?> _raggedRows = Choice(
        "--ragged-rows", "A record with more or fewer fields than the others", "reject", "fit");

    readonly Option<string?> _repeatedHeader = Choice(
        "--repeated-header", "A line that equals the header", "row", "skip", "stop");

    readonly Option<string?> _decimal = Text("--decimal", "What stands before a number's fraction: a comma or a point", "CHAR");

    readonly Option<string?> _thousands = Text("--thousands", "What stands between a number's groups of digits", "CHAR");

    readonly Option<string?> _dateOrder = Choice(
        "--date-order", "How a date such as 01/02/2003 is to be read", "dmy", "mdy", "ymd");

    readonly Option<string[]> _dateFormats = Texts(
        "--date-format", "How dates and times are written, such as 'DD.MM.YYYY HH24:MI'; repeat it for several", "TEMPLATE");

    readonly Option<string[]> _trueValues = Texts(
        "--true-value", "A text that is true in columns of type boolean; repeat it for several", "TEXT");

    readonly Option<string[]> _falseValues = Texts(
        "--false-value", "A text that is false in columns of type boolean; repeat it for several", "TEXT");

    readonly Option<string[]> _values = Texts(
        "--values",
        "The same for one column: price.decimal=, or born.dateFormat=DD.MM.YYYY; repeat it for several",
        "COLUMN.OPTION=VALUE");

    /// <param name="standardDelimiter">What holds without <c>--delimiter</c>, for the help.</param>
    public CsvArguments(string standardDelimiter) => _delimiter = new("--delimiter")
    {
        Description = $"What stands between fields: 1 to {CsvOptions.LongestSign} characters, tab, or auto. Default: {standardDelimiter}",
        HelpName = "CHARS",
    };

    /// <summary>Whether the delimiter was chosen.</summary>
    public bool HasDelimiter(CliContext context) => context.IsGiven(_delimiter);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _delimiter, _quote, _escape, _quotes, _comment, _skipLines, _headerLines, _noHeader, _columns, _skipFooterLines,
            _nullValues, _quotedEmptyIsNull, _trim, _raggedRows, _repeatedHeader, _decimal, _thousands, _dateOrder, _dateFormats,
            _trueValues, _falseValues, _values,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>Changes what a pipeline says to what was asked for.</summary>
    /// <exception cref="CliException">It cannot be so.</exception>
    public void Apply(CliContext context, CsvOptions csv)
    {
        if (context.Get(_delimiter) is { } delimiter)
        {
            if (!DelimiterJsonConverter.Parse(delimiter, out var parsed))
                throw Wrong(_delimiter, Plain(DelimiterJsonConverter.Expected), delimiter);
            csv.Delimiter = parsed;
        }

        csv.Quote = context.Get(_quote) is "none"
            ? CsvOptions.NoQuote
            : One(context, _quote, "one character or none") ?? csv.Quote;
        csv.Escape = One(context, _escape, "one character") ?? csv.Escape;
        csv.Comment = context.Get(_comment) ?? csv.Comment;
        csv.SkipLines = Number(context, _skipLines) ?? csv.SkipLines;
        csv.HeaderLines = context.Get(_noHeader) ? 0 : Number(context, _headerLines) ?? csv.HeaderLines;
        csv.SkipFooterLines = Number(context, _skipFooterLines) ?? csv.SkipFooterLines;
        csv.Columns = context.Get(_columns)?.Split(',') ?? csv.Columns;
        csv.NullValues = List(context, _nullValues) ?? csv.NullValues;
        csv.QuotedEmptyIsNull |= context.Get(_quotedEmptyIsNull);
        csv.Trim = context.Get(_trim) ? true : csv.Trim;
        csv.Quotes = Enumerated<QuoteReading>(context, _quotes) ?? csv.Quotes;
        csv.RaggedRows = Enumerated<RaggedRowPolicy>(context, _raggedRows) ?? csv.RaggedRows;
        csv.RepeatedHeader = Enumerated<RepeatedHeaderPolicy>(context, _repeatedHeader) ?? csv.RepeatedHeader;
        csv.Decimal = One(context, _decimal, "one character") ?? csv.Decimal;
        csv.Thousands = One(context, _thousands, "one character") ?? csv.Thousands;
        csv.DateOrder = Enumerated<DatePartOrder>(context, _dateOrder) ?? csv.DateOrder;
        csv.DateFormats = List(context, _dateFormats) ?? csv.DateFormats;
        csv.TrueValues = List(context, _trueValues) ?? csv.TrueValues;
        csv.FalseValues = List(context, _falseValues) ?? csv.FalseValues;
        csv.Values = ColumnValues.Add(csv.Values, context.Get(_values) ?? []);
        if (csv.Validate("csv") is { Count: > 0 } problems) throw CliException.Usage(string.Join('\n', problems));
    }

    static char? One(CliContext context, Option<string?> option, string expected) => context.Get(option) switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var one] => one,
        var other => throw Wrong(option, expected, other),
    };

    static int? Number(CliContext context, Option<long> option) => context.IsGiven(option) ? (int)context.Get(option) : null;

    static string[]? List(CliContext context, Option<string[]> option) => context.IsGiven(option) ? context.Get(option) : null;

    static T? Enumerated<T>(CliContext context, Option<string?> option) where T : struct, Enum =>
        context.Get(option) is { } name ? Enum.Parse<T>(name, ignoreCase: true) : null;

    static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = Described(description), HelpName = help };

    static Option<string[]> Texts(string name, string description, string help) =>
        new(name) { Description = Described(description), HelpName = help };

    static Option<string?> Choice(string name, string description, params string[] choices)
    {
        var option = Text(name, description, string.Join('|', choices));
        option.AcceptOnlyFromAmong(choices);
        return option;
    }

    static string Described(string description) =>
        description.Contains("Default", StringComparison.Ordinal) ? description : $"{description}. Default: {AsThePipeline}";

    static string Plain(string expected) => expected.Replace("\"", "", StringComparison.Ordinal);

    static CliException Wrong(Option option, string expected, string text) =>
        CliException.Usage($"{option.Name} must be {expected}, not '{text}'");
}
