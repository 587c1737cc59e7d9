namespace OrleansIngest.Engine.Pipelines;

/// <summary>Formats of numbers, dates and booleans in a file. A value is stored like its canonical text in PostgreSQL:
/// 1.234,5 as 1234.5. Texts in columns of other types are not changed.</summary>
public class ValueOptions
{
    /// <summary>Decimal separator: a comma or a point. Default: null, a point.</summary>
    public char? Decimal { get; set; }

    /// <summary>Separator of digit groups (three digits, or, as in India, two before the last three): one character that is
    /// neither a letter nor a digit; a space also stands for no-break spaces. A number grouped in any other way is rejected.
    /// Default: null, none.</summary>
    public char? Thousands { get; set; }

    /// <summary>Order of day, month and year in a date of three numbers. Default: null, the database session's
    /// DateStyle.</summary>
    public DatePartOrder? DateOrder { get; set; }

    /// <summary>Date and time formats, as templates of PostgreSQL's to_timestamp: DD.MM.YYYY HH24:MI. A value must match one
    /// of them; a value that two templates read differently is rejected. Supported: YYYY YY MM DD Mon Month HH24 HH12 HH MI
    /// SS FF MS US AM PM TZH TZM. Default: null, PostgreSQL's own formats.</summary>
    public IReadOnlyList<string>? DateFormats { get; set; }

    /// <summary>Strings read as true in boolean columns, in addition to PostgreSQL's own; the case of A to Z is ignored.
    /// Default: null, none.</summary>
    public IReadOnlyList<string>? TrueValues { get; set; }

    /// <summary>Strings read as false in boolean columns, in addition to PostgreSQL's own; the case of A to Z is ignored.
    /// Default: null, none.</summary>
    public IReadOnlyList<string>? FalseValues { get; set; }

    /// <summary>A copy.</summary>
    public ValueOptions Copy() => Over(new ValueOptions());

    /// <summary>A copy whose null properties are taken from another.</summary>
    internal ValueOptions Over(ValueOptions other) => new()
    {
        Decimal = Decimal ?? other.Decimal,
        Thousands = Thousands ?? other.Thousands,
        DateOrder = DateOrder ?? other.DateOrder,
        DateFormats = DateFormats ?? other.DateFormats,
        TrueValues = TrueValues ?? other.TrueValues,
        FalseValues = FalseValues ?? other.FalseValues,
    };

    /// <summary>The decimal separator and the group separator must differ.</summary>
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
            problems.Add(new($"{path}.thousands", "must be one character, but not a letter, digit, sign or control character"));
        foreach (var format in DateFormats ?? [])
        {
            if (DateTemplate.Parse(format, out _) is { } problem)
                problems.Add(new($"{path}.dateFormats", $"'{format}': {problem}"));
        }

        if (TrueValues?.Intersect(FalseValues ?? [], StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
            problems.Add(new($"{path}.trueValues", $"must not have '{both}', which is also in falseValues"));
    }
}
