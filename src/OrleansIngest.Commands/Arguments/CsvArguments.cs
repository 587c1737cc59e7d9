using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The options of <c>load</c>, <c>check</c> and <c>init</c> for the text of a file: those of a
/// pipeline's <c>csv</c>, which they override.</summary>
sealed class CsvArguments
{
    const string AsThePipeline = "the pipeline's setting";

    readonly Option<string?> _delimiter;

    readonly Option<string?> _quote = Text("--quote", "Quote character, or none", "CHAR");

    readonly Option<string?> _escape = Text(
        "--escape", "Escape character inside quotes. Default: none, quotes are doubled", "CHAR");

    readonly Option<string?> _quotes = Choice(
        "--quotes", "Policy for a line with malformed quotes: lenient parses it again with relaxed rules, strict rejects it",
        "lenient", "strict");

    readonly Option<string?> _comment = Text("--comment", "Prefix of comment lines, such as #", "SIGN");

    readonly Option<long> _skipLines = UnitOptions.Count(
        "--skip-lines", "Number of lines to skip before the header", 0, 0, 1_000_000);

    readonly Option<long> _headerLines = UnitOptions.Count(
        "--header-lines", "Number of header lines; 0 for a file without a header", 1, 0, 10);

    readonly Option<bool> _noHeader = new("--no-header") { Description = "The first record is data; same as --header-lines 0" };

    readonly Option<string?> _columns = Text(
        "--columns", "Field names by position, separated by commas, instead of the header", "NAMES");

    readonly Option<long> _skipFooterLines = UnitOptions.Count(
        "--skip-footer-lines", "Number of lines to skip at the end", 0, 0, 1000);

    readonly Option<string[]> _nullValues = Texts(
        "--null-value", "String read as NULL; repeatable. Replaces the default, the empty string", "TEXT");

    readonly Option<bool> _quotedEmptyIsNull = new("--quoted-empty-is-null")
    { Description = "Read \"\" as NULL instead of an empty string" };

    readonly Option<bool> _trim = new("--trim") { Description = "Remove spaces and tabs around fields" };

    readonly Option<string?> _raggedRows = Choice(
        "--ragged-rows", "Policy for a record with more or fewer fields than the header", "reject", "fit");

    readonly Option<string?> _repeatedHeader = Choice(
        "--repeated-header", "Policy for a line that equals the header", "row", "skip", "stop");

    readonly Option<string?> _decimal = Text("--decimal", "Decimal separator: a comma or a point", "CHAR");

    readonly Option<string?> _thousands = Text("--thousands", "Separator of digit groups", "CHAR");

    readonly Option<string?> _dateOrder = Choice(
        "--date-order", "Order of the parts of a date such as 01/02/2003", "dmy", "mdy", "ymd");

    readonly Option<string[]> _dateFormats = Texts(
        "--date-format", "Format of dates and times, such as 'DD.MM.YYYY HH24:MI'; repeatable", "TEMPLATE");

    readonly Option<string[]> _trueValues = Texts(
        "--true-value", "String read as true in boolean columns; repeatable", "TEXT");

    readonly Option<string[]> _falseValues = Texts(
        "--false-value", "String read as false in boolean columns; repeatable", "TEXT");

    readonly Option<string[]> _values = Texts(
        "--values",
        "Value format of one column: price.decimal=, or born.dateFormat=DD.MM.YYYY; repeatable",
        "COLUMN.OPTION=VALUE");

    /// <param name="standardDelimiter">The default of <c>--delimiter</c>, for the help.</param>
    public CsvArguments(string standardDelimiter) => _delimiter = new("--delimiter")
    {
        Description = $"Field delimiter: 1 to {CsvOptions.LongestSign} characters, tab, or auto. Default: {standardDelimiter}",
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

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <exception cref="CliException">A value is invalid.</exception>
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
