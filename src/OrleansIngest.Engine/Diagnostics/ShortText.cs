namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Long texts in messages and views.</summary>
static class ShortText
{
    /// <summary>The start of a text, without half a surrogate pair at its end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Maximum length, UTF-16 characters; 1 or more. The result is shorter by one
    /// where the limit divides a pair.</param>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
