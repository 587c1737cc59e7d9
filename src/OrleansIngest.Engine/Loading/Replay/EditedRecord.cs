using System.Text;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>An edited record, in the form in which its file would have stored it.</summary>
static class EditedRecord
{
    /// <summary>Its bytes, without a line break at the end; null and the reason if the file's
    /// encoding lacks a character.</summary>
    /// <param name="text">The text as typed.</param>
    /// <param name="format">The format that reads it.</param>
    /// <param name="options">The pipeline.</param>
    public static (byte[]? Bytes, string? Refusal) BytesOf(string text, IRecordFormat format, PipelineOptions options)
    {
        text = text.TrimEnd('\r', '\n');
        if (format is not EncodedFormat || TextEncoding.Find(options.Encoding) is not { } encoding)
            return (Encoding.UTF8.GetBytes(text), null);
        var bytes = new byte[text.Length];
        for (var at = 0; at < text.Length; at++)
        {
            var found = Array.IndexOf(encoding.Characters, text[at]);
            if (found < 0 || text[at] == TextEncoding.NoCharacter)
                return (null, $"\"{text[at]}\" is not a character of {encoding.Name}, the encoding of the file");
            bytes[at] = (byte)found;
        }

        return (bytes, null);
    }
}
