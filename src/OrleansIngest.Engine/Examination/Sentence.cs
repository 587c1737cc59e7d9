namespace OrleansIngest.Engine.Examination;

/// <summary>Turns messages into sentences.</summary>
static class Sentence
{
    const int Longest = 400;

    /// <summary>The first sentence of a message, with a capital and a full stop.</summary>
    public static string Of(string message)
    {
        var text = message.Trim();
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        if (end >= 0) text = text[..end];
        end = text.IndexOf(". ", StringComparison.Ordinal);
        if (end > 0) text = text[..end];
        text = text.TrimEnd('.', ':', ' ');
        if (text.Length > Longest) text = text[..Longest] + "…";
        return text.Length == 0 ? "The reason is unknown." : $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
