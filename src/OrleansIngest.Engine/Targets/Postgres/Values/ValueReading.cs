namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>How values are written in a file, if PostgreSQL does not parse them in this form. The law: a value is stored as
/// PostgreSQL stores its canonical text.</summary>
/// <remarks>Called once per field: implementations allocate nothing, throw nothing, and are safe for concurrent use.</remarks>
abstract class ValueReading
{
    /// <summary>The text does not have this form; <see cref="Explain"/> says why.</summary>
    public const int Refused = -1;

    /// <summary>Maximum number of bytes by which a canonical text is longer than its text.</summary>
    public const int Slack = 64;

    /// <summary>Writes the canonical text, which PostgreSQL parses.</summary>
    /// <param name="text">As in the file; not empty.</param>
    /// <param name="destination">At least the text's length and <see cref="Slack"/> bytes.</param>
    /// <returns>How many bytes were written, or <see cref="Refused"/>.</returns>
    public abstract int Write(ReadOnlySpan<byte> text, Span<byte> destination);

    /// <summary>Why <see cref="Write"/> refuses this text, with the value. Cold.</summary>
    public abstract string Explain(ReadOnlySpan<byte> text);
}
