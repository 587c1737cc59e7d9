namespace OrleansIngest.Engine.Pipelines;

/// <summary>How numbers, dates and truth values are written in a file. A value is stored as PostgreSQL stores its canonical text:
/// 1.234,5 as 1234.5. Texts in columns of other types are not touched.</summary>
public class ValueOptions
{
    /// <summary>What stands before the fraction of a number: a comma or a point. Default: null, a point.</summary>
    public char? Decimal { get; set; }

    /// <summary>What stands between a number's groups of three digits, or after the first three of two: one character that is no
    /// letter and no digit; a blank means no-break spaces too. A number whose groups are not so is rejected. Default: null,
    /// nothing.</summary>
    public char? Thousands { get; set; }

    /// <summary>How a date of three numbers is to be read. Default: null, as the database session's DateStyle says.</summary>
    public DatePartOrder? DateOrder { get; set; }

    /// <summary>How dates and times are written, as templates of PostgreSQL's <c>to_timestamp</c>: <c>DD.MM.YYYY HH24:MI</c>. A
    /// value has to match one of them; one that two read differently is rejected. Known are YYYY YY MM DD Mon Month HH24 HH12 HH
    /// MI SS FF MS US AM PM TZH TZM. Default: null, as PostgreSQL reads them.</summary>
    public IReadOnlyList<string>? DateFormats { get; set; }

    /// <summary>Texts that are true in columns of type boolean, besides PostgreSQL's own; capitals of A to Z do not matter.
    /// Default: null, none.</summary>
    public IReadOnlyList<string>? TrueValues { get; set; }

    /// <summary>The same for false. Default: null, none.</summary>
    public IReadOnlyList<string>? FalseValues { get; set; }

    /// <summary>A copy.</summary>
    public ValueOptions Copy() => Over(new ValueOptions());

    /// <summary>These, and what another says where these say nothing.</summary>
    internal ValueOptions Over(ValueOptions other) => new()
    {
        Decimal = Decimal ?? other.Decimal,
        Thousands = Thousands ?? other.Thousands,
        DateOrder = DateOrder ?? other.DateOrder,
        DateFormats = DateFormats ?? other.DateFormats,
        TrueValues = TrueValues ?? other.TrueValues,
        FalseValues = FalseValues ?? other.FalseValues,
    };

    /// <summary>The sign before the fraction, and that between groups, must differ.</summary>
    internal void CheckSigns(string path, List<OptionProblem> problems)
    {
        if (Thousands is { } group && group == (Decimal ?? '.'))
            problems.Add(new($"{path}.thousands", $"must differ from decimal: both are '{group}'"));
    }

    internal void ValidateValues(string path, List<OptionProblem> problems)
    {
        if (Decimal is { } sign && sign is not (',' or '.'))
            problems.Add(new($"{path}.decimal", $"must be a comma or a point, not '{sign}'"));
        if (Thousands is { } group && (char.IsLetterOrDigit(group) || char.IsControl(group) || char.IsSurrogate(group)
            || group is '+' or '-'))
            problems.Add(new($"{path}.thousands", "must be one character that is no letter, digit, sign or control character"));
        foreach (var format in DateFormats ?? [])
        {
            if (DateTemplate.Parse(format, out _) is { } problem)
                problems.Add(new($"{path}.dateFormats", $"'{format}': {problem}"));
        }

        if (TrueValues?.Intersect(FalseValues ?? [], StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
            problems.Add(new($"{path}.trueValues", $"must not have '{both}', which falseValues has too"));
    }
}
