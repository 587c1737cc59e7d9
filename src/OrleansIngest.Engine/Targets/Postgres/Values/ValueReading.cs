namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>How values are written in a file, where that is not as PostgreSQL reads them. The law: a value is stored as
/// PostgreSQL stores its canonical text.</summary>
/// <remarks>Called once per field: implementations allocate nothing, throw nothing, and are safe for concurrent use.</remarks>
abstract class ValueReading
{
    /// <summary>The text is not written so; <see cref="Explain"/> says why.</summary>
    public const int Refused = -1;

    /// <summary>No canonical text is longer than its text by more bytes.</summary>
    public const int Slack = 64;

    /// <summary>Writes a text as PostgreSQL reads it.</summary>
    /// <param name="text">As in the file; not empty.</param>
    /// <param name="destination">At least the text's length and <see cref="Slack"/> bytes.</param>
    /// <returns>How many bytes were written, or <see cref="Refused"/>.</returns>
    public abstract int Write(ReadOnlySpan<byte> text, Span<byte> destination);

    /// <summary>Why <see cref="Write"/> refuses this text, with the value. Cold.</summary>
    public abstract string Explain(ReadOnlySpan<byte> text);
}
