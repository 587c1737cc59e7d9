using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Selects how a column's values are read.</summary>
static class ValueReadings
{
    /// <summary>The encoder for values in the file's form.</summary>
    /// <param name="encoder">The column's encoder; null for a type without one, whose values are sent to the server
    /// unchanged.</param>
    /// <param name="type">The oid of the type below all domains.</param>
    /// <param name="options">The pipeline's options for this column.</param>
    public static ColumnEncoder? Over(ColumnEncoder? encoder, uint type, ValueOptions options) =>
        encoder is not null && For(KindOf(type), options) is { } reading ? new ReadingEncoder(encoder, reading) : encoder;

    /// <summary>How values of a kind are read; null if PostgreSQL parses them directly.</summary>
    public static ValueReading? For(ValueKind kind, ValueOptions options) => kind switch
    {
        ValueKind.Number when options.Decimal is not (null or '.') || options.Thousands is not null =>
            new NumberReading(options.Decimal ?? '.', options.Thousands),
        ValueKind.Date or ValueKind.Time when options.DateFormats is { Count: > 0 } formats =>
            new TemplateReading([.. formats.Select(Template)]),
        ValueKind.Date when options.DateOrder is { } order => new DateReading(order),
        ValueKind.Boolean when options.TrueValues is { Count: > 0 } || options.FalseValues is { Count: > 0 } =>
            new BooleanReading(options.TrueValues ?? [], options.FalseValues ?? []),
        _ => null,
    };

    static DateTemplate Template(string format) =>
        DateTemplate.Parse(format, out var template) is { } problem
            ? throw new ArgumentException($"'{format}': {problem}")
            : template!;

    static ValueKind KindOf(uint type) => type switch
    {
        20 or 21 or 23 or 700 or 701 or 1700 => ValueKind.Number,
        1082 or 1114 or 1184 => ValueKind.Date,
        1083 or 1266 => ValueKind.Time,
        16 => ValueKind.Boolean,
        _ => ValueKind.Other,
    };
}

/// <summary>Kinds of values that files write in different forms.</summary>
enum ValueKind
{
    Other,
    Number,

    /// <summary>With or without a time.</summary>
    Date,
    Time,
    Boolean,
}
