using System.Text.Json;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Takes a value out of a text, so that the rest can be read.</summary>
static class JsonCut
{
    /// <summary>The text without a property; with a substitute for an element of a list, so that the other ones keep their
    /// places.</summary>
    /// <param name="json">Valid JSON with comments and trailing commas, in UTF-8.</param>
    /// <param name="steps">The way to the value.</param>
    /// <param name="substitute">UTF-8 as well.</param>
    /// <returns>Null for the whole text, and for a value that is not there.</returns>
    public static byte[]? Without(byte[] json, IReadOnlyList<string> steps, ReadOnlySpan<byte> substitute)
    {
        var reader = new Utf8JsonReader(json, JsonPlace.Lenient);
        if (steps.Count == 0 || !reader.Read() || !JsonPlace.Enter(ref reader, steps, out var at)) return null;
        var isElement = at == reader.TokenStartIndex;
        reader.Skip();
        if (isElement) return [.. json.AsSpan(0, (int)at), .. substitute, .. json.AsSpan((int)reader.BytesConsumed)];
        reader.Read(); // the next name or the end of the object: the comma before it goes too
        return [.. json.AsSpan(0, (int)at), .. json.AsSpan((int)reader.TokenStartIndex)];
    }
}
