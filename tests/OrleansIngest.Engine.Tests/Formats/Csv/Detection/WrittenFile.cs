using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Tests.Formats.Csv.Detection;

/// <summary>A table, and the text that a program of some taste makes of it.</summary>
sealed class WrittenFile
{
    static readonly string[] Words =
        ["Anna", "blue", "Sofia", "the last one", "New York", "O'Brien", "tea", "rock and roll", "R2-D2", "Ünal", "half empty",
            "Smith & Sons", "x", "order-17", "Zürich"];

    static readonly string[] Documents =
        ["{\"id\": 7, \"tags\": [\"a\", \"b\"]}", "https://example.com/a?b=1&c=2:3", "a=1;b=2;c=3", "10:15, 12:30", "1,2,3,4",
            "C:\\data", "<a href='x'>y</a>", "k: v", "3|4"];

    static readonly string[] Delimiters = [",", ";", "\t", "|", ",", ";", "||", ", ", "|~|", "^", "~", "\u0001"];

    readonly Random _random;
    bool _isHard;

    WrittenFile(Random random) => _random = random;

    public string Delimiter { get; private set; } = "";

    public char Quote { get; private set; } = '"';

    public bool IsEscaped { get; private set; }

    public int Preamble { get; private set; }

    public int HeaderLines { get; private set; }

    public bool HasFooter { get; private set; }

    public string Break { get; private set; } = "\n";

    public IReadOnlyList<string> Names { get; private set; } = [];

    public List<string[]> Rows { get; } = [];

    /// <summary>How many records were written with a delimiter or a quote too many or too few;
    /// they are not among the rows.</summary>
    public int Damaged { get; private set; }

    public string Text { get; private set; } = "";

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    public override string ToString() =>
        $"delimiter '{Delimiter}' quote {Quote} escaped {IsEscaped} preamble {Preamble} header {HeaderLines} footer {HasFooter} "
            + $"columns {Names.Count}\n{Text}";

    /// <summary>The same seed gives the same file.</summary>
    /// <param name="seed">Of everything.</param>
    /// <param name="isHard">Whether there may be one record or one column only, values that look like several
    /// fields, and damaged records.</param>
    public static WrittenFile Of(int seed, bool isHard = false)
    {
        var file = new WrittenFile(new Random(seed)) { _isHard = isHard };
        file.Write();
        return file;
    }

    /// <summary>How many of the records that were read were written, each once, and how many were not.</summary>
    public (int Right, int Wrong) Compare(IEnumerable<string[]> read)
    {
        var written = Rows.GroupBy(row => string.Join('\u0002', row)).ToDictionary(rows => rows.Key, rows => rows.Count());
        int right = 0, wrong = 0;
        foreach (var row in read.Select(row => string.Join('\u0002', row)))
        {
            if (written.GetValueOrDefault(row) == 0)
            {
                wrong++;
                continue;
            }

            written[row]--;
            right++;
        }

        return (right, wrong);
    }

    void Write()
    {
        Delimiter = One(Delimiters);
        Quote = _random.Next(6) == 0 ? '\'' : '"';
        IsEscaped = _random.Next(5) == 0;
        Preamble = _random.Next(5) == 0 ? _random.Next(1, 4) : 0;
        HasFooter = _random.Next(8) == 0;
        Break = One(["\n", "\n", "\r\n", "\r"]);
        var quotesAll = _random.Next(4) == 0;
        var columns = new Func<string>[_random.Next(_isHard && _random.Next(8) == 0 ? 1 : 2, 9)];
        for (var i = 0; i < columns.Length; i++) columns[i] = Column();
        if (!columns.Any(c => c().Any(char.IsAsciiDigit))) columns[0] = Number;
        HeaderLines = _random.Next(5) == 0 ? 0 : 1;
        Names = [.. columns.Select((_, i) => $"{One(Words).Replace('\'', 'i')} {(char)('a' + i)}")];
        for (var rows = _random.Next(_isHard ? 1 : 3, 60); rows > 0; rows--) Rows.Add([.. columns.Select(column => column())]);

        var text = new StringBuilder();
        for (var i = 0; i < Preamble; i++)
            text.Append(One(["Report of sales", "Exported on 2026-01-02", "# made by hand", "Source: the office"])).Append(Break);
        if (HeaderLines > 0) Append(text, Names, quotesAll);
        foreach (var row in Rows.ToList())
        {
            var start = text.Length;
            Append(text, row, quotesAll);
            if (_isHard && Rows.Count > 12 && _random.Next(20) == 0) Damage(text, start, row);
        }

        HasFooter &= columns.Length > 2;
        if (HasFooter) text.Append("Source: the books of the office").Append(Break);
        if (_random.Next(4) == 0) text.Length -= Break.Length;
        Text = text.ToString();
    }

    Func<string> Column()
    {
        Func<string> values = _random.Next(_isHard ? 11 : 7) switch
        {
            7 => () => One(Documents),
            8 => () => $"{_random.Next(1000)},{_random.Next(100):00}",
            9 => () => $"{_random.Next(24):00}:{_random.Next(60):00}",
            10 => () => One(["yes", "no", "", "12", "x"]),
            0 => Number,
            1 => () => (_random.NextDouble() * 1000).ToString("0.00", CultureInfo.InvariantCulture),
            2 => () => new DateTime(2026, 1, 1).AddDays(_random.Next(900)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            3 => () => One(Words),
            4 => () => One(Words) + One([", ", ",", "; ", " ", " | ", "-"]) + One(Words),
            5 => () => new DateTime(2026, 1, 1).AddMinutes(_random.Next(90000)).ToString("dd/MM/yyyy HH:mm",
                CultureInfo.InvariantCulture),
            _ => () => $"{One(Words)} {Quote}{One(Words)}{Quote}{One(["", ", or so", "\nand more"])}",
        };
        var empties = _random.Next(3) == 0 ? 4 : int.MaxValue;
        return () => _random.Next(empties) == 0 ? "" : values();
    }

    void Damage(StringBuilder text, int start, string[] row)
    {
        var at = _random.Next(start, text.Length - Break.Length + 1);
        text.Insert(at, One([Delimiter, $"{Quote}"]));
        Rows.Remove(row);
        Damaged++;
    }

    string Number() => _random.Next(100000).ToString(CultureInfo.InvariantCulture);

    void Append(StringBuilder text, IReadOnlyList<string> values, bool quotesAll)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) text.Append(Delimiter);
            var value = values[i];
            var escape = IsEscaped ? '\\' : Quote;
            var needs = value.Contains(Delimiter, StringComparison.Ordinal) || value.Contains(Quote) || value.Contains('\n')
                || value.StartsWith(' ');
            foreach (var letter in Delimiter) needs |= value.EndsWith(letter) || value.StartsWith(letter);
            if (quotesAll || needs)
                text.Append(Quote).Append(value.Replace($"{Quote}", $"{escape}{Quote}", StringComparison.Ordinal)).Append(Quote);
            else text.Append(value);
        }

        text.Append(Break);
    }

    T One<T>(T[] of) => of[_random.Next(of.Length)];
}
