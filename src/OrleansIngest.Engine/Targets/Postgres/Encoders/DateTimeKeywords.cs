namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Recognizes texts that cannot be a date, time or interval: those without a digit and
/// without a keyword such as now.</summary>
static class DateTimeKeywords
{
    /// <summary>The result for a text that the parsers here do not recognize: <see cref="ColumnEncoder.Rejected"/> only if that
    /// is certain.</summary>
    public static int ClassifyUnknown(ReadOnlySpan<byte> text)
        => text.ContainsAnyInRange((byte)'0', (byte)'9') || HasKeyword(text) ? ColumnEncoder.AskServer : ColumnEncoder.Rejected;

    public static string OutOfRange(ReadOnlySpan<byte> text) => $"date/time field value out of range: {ServerText.Quote(text)}";

    static bool HasKeyword(ReadOnlySpan<byte> text)
        => ServerText.ContainsIgnoreCase(text, "inf"u8) || ServerText.ContainsIgnoreCase(text, "now"u8)
            || ServerText.ContainsIgnoreCase(text, "today"u8) || ServerText.ContainsIgnoreCase(text, "tomorrow"u8)
            || ServerText.ContainsIgnoreCase(text, "yesterday"u8) || ServerText.ContainsIgnoreCase(text, "epoch"u8)
            || ServerText.ContainsIgnoreCase(text, "allballs"u8);
}
