using System.Text;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Character classes of the server's input functions, and the form of values in its messages.</summary>
static class ServerText
{
    const int ShownCharacters = 256;

    /// <summary>C's isspace() for ASCII; bytes of a longer UTF-8 sequence are never space.</summary>
    public static bool IsSpace(byte character) => character is (byte)' ' or (>= 9 and <= 13);

    public static bool IsDigit(byte character) => (uint)(character - '0') <= 9;

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || !(IsSpace(text[0]) || IsSpace(text[^1])))
            return text;
        int start = 0, end = text.Length;
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary>Whether the text equals a lower-case ASCII word, ignoring case.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase)
        => text.Length == lowerCase.Length && StartsWithIgnoreCase(text, lowerCase);

    public static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase)
    {
        if (text.Length < lowerCase.Length)
            return false;
        for (var i = 0; i < lowerCase.Length; i++)
        {
            var character = text[i];
            if (character is >= (byte)'A' and <= (byte)'Z')
                character |= 0x20;
            if (character != lowerCase[i])
                return false;
        }

        return true;
    }

    public static bool ContainsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase)
    {
        for (var i = 0; i + lowerCase.Length <= text.Length; i++)
        {
            if (StartsWithIgnoreCase(text[i..], lowerCase))
                return true;
        }

        return false;
    }

    /// <summary>The value in double quotes, shortened to keep the message readable.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        var value = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * ShownCharacters)]);
        if (value.Length <= ShownCharacters && text.Length <= 4 * ShownCharacters)
            return $"\"{value}\"";
        return $"\"{ShortText.Of(value, ShownCharacters)}…\"";
    }

    public static string InvalidSyntax(string typeName, ReadOnlySpan<byte> text)
        => $"invalid input syntax for type {typeName}: {Quote(text)}";
}
