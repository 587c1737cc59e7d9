namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Encodes the UTF-8 text of one field into the bytes that PostgreSQL's binary COPY expects for one column. The law:
/// <see cref="Encode"/> writes the value that <c>COPY … (FORMAT csv)</c> would store for the same text, returns
/// <see cref="Rejected"/> if the server would refuse it, and <see cref="AskServer"/> if it cannot decide.</summary>
/// <remarks>Called once per field of every row: implementations allocate nothing, throw nothing, log nothing, and are safe for
/// concurrent use. NULL never reaches an encoder.</remarks>
public abstract class ColumnEncoder
{
    /// <summary>The server would refuse this text; <see cref="Explain"/> says why.</summary>
    public const int Rejected = -1;

    /// <summary>Only the server can decide (unusual date formats, "now", an enum label added a moment ago, …).</summary>
    public const int AskServer = -2;

    /// <summary>The destination is always at least the text's length plus this many bytes.</summary>
    public const int Slack = 64;

    /// <summary>Writes the value's binary form, without its length word.</summary>
    /// <param name="text">The field, unquoted and unescaped, valid UTF-8 without NUL; may be
    /// empty (a quoted empty string).</param>
    /// <param name="destination">At least <c>text.Length + <see cref="Slack"/></c> bytes.</param>
    /// <returns>The number of bytes written, or <see cref="Rejected"/>, or <see cref="AskServer"/>.</returns>
    public abstract int Encode(ReadOnlySpan<byte> text, Span<byte> destination);

    /// <summary>The text to send to the server instead, if the file's form of values is not the one that the server parses.
    /// Cold.</summary>
    public virtual ReadOnlySpan<byte> TextForServer(ReadOnlySpan<byte> text) => text;

    /// <summary>Why <see cref="Encode"/> rejected this text: the server's own message with the value. Cold.</summary>
    public abstract string Explain(ReadOnlySpan<byte> text);
}
