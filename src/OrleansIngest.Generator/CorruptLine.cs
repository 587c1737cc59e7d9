using System.Text;

namespace OrleansIngest.Generator;

/// <summary>Lines that are corrupt on purpose. Cold: one call per corrupt record.</summary>
static class CorruptLine
{
    const int UserId = 0, Action = 1, ProductName = 3, Price = 4, EventTime = 5, SessionId = 6;

    /// <summary>Writes one corrupt record, with its line break.</summary>
    /// <param name="kind">The kind of corruption.</param>
    /// <param name="fields">The record as it would have been; changed.</param>
    /// <param name="random">Chooses among forms of the same kind.</param>
    /// <param name="destination">At least <see cref="RowEncoder.MaxLineBytes"/>.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(CorruptionKind kind, string[] fields, ref SplitMix random, Span<byte> destination)
    {
        var line = kind switch
        {
            CorruptionKind.MissingFields => Join(fields[..(int)(1 + random.Below(5))]),
            CorruptionKind.ExtraFields => Join([.. fields, "surplus"]),
            CorruptionKind.BadNumber => With(fields, UserId, Pick(ref random, "abc", "12x4", "1.5.2", "--7", "1,000")),
            CorruptionKind.BadPrice => With(fields, Price, Pick(ref random, "free", "12.3.4", "9,99 EUR", "$5", "1e")),
            CorruptionKind.BadTime => With(fields, EventTime,
                Pick(ref random, "not a date", "2025-02-30T10:00:00Z", "2025-13-01 00:00:00", "25:61", "????")),
            CorruptionKind.ImplausibleTime =>
                With(fields, EventTime, Pick(ref random, "1969-12-31T23:59:59Z", "2999-01-01T00:00:00Z")),
            CorruptionKind.NegativePrice => With(fields, Price, "-" + fields[Price]),
            CorruptionKind.PriceOverflow => With(fields, Price, Pick(ref random, "100000000.00", "123456789012.34")),
            CorruptionKind.UnknownAction => With(fields, Action, Pick(ref random, "teleport", "VIEW!", "undefined")),
            CorruptionKind.EmptyRequired => With(fields, random.Below(3) switch { 0 => UserId, 1 => Action, _ => EventTime }, ""),
            CorruptionKind.TooLongValue => With(fields, Action, fields[Action] + new string('x', 60)),
            // The next quote in the file opens a name, so no reader can mistake it for the end of this one.
            CorruptionKind.BrokenQuote => Raw(fields, "\"" + Plain(fields[ProductName])),
            CorruptionKind.TextAfterQuote => Raw(fields, $"\"{Plain(fields[ProductName])}\" oops"),
            CorruptionKind.NulByte => Raw(fields, Plain(fields[ProductName]) + "\0"),
            CorruptionKind.InvalidUtf8 => Raw(fields, Plain(fields[ProductName]) + InvalidMark),
            CorruptionKind.MultilineGarbage => $"{fields[SessionId]},\"-- stack trace --\n  at shop.Checkout, line 42\n\"",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind"),
        };
        var length = Encoding.UTF8.GetBytes(line, destination);
        if (kind == CorruptionKind.InvalidUtf8)
            Spoil(destination[..length]);
        destination[length] = (byte)'\n';
        return length + 1;
    }

    /// <summary>Placeholder for invalid bytes; two bytes in UTF-8, and not part of any name.</summary>
    const string InvalidMark = "\u0080";

    static void Spoil(Span<byte> line)
    {
        var at = line.IndexOf("\u0080"u8);
        line[at] = 0xC3; // begins a sequence of two bytes …
        line[at + 1] = 0x28; // … which this byte cannot end
    }

    static string With(string[] fields, int index, string value)
    {
        fields[index] = value;
        return Join(fields);
    }

    static string Raw(string[] fields, string name) =>
        $"{Join(fields[..ProductName])},{name},{Join(fields[(ProductName + 1)..])}";

    static string Join(IEnumerable<string> fields) => string.Join(',', fields.Select(Catalogue.Field));

    /// <summary>The name without characters that are special in CSV.</summary>
    static string Plain(string name) => name.Replace("\"", "", StringComparison.Ordinal).Replace(",", "",
        StringComparison.Ordinal);

    static string Pick(ref SplitMix random, params ReadOnlySpan<string> choices) => choices[(int)random.Below(choices.Length)];
}
