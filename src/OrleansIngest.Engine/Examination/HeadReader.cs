using System.Text;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Examination;

/// <summary>Reads the first lines of an input, decoded as its pipeline decodes it. Bytes, lines and characters of a line are
/// limited, so that a file without a line break, or one that decompresses to an enormous size, costs no more than any
/// other.</summary>
static class HeadReader
{
    /// <summary>Maximum number of decoded bytes to read.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Maximum number of lines.</summary>
    public const int MostLines = 20;

    /// <summary>Maximum number of characters of a line.</summary>
    public const int LongestLine = 1000;

    /// <summary>Reads the first lines.</summary>
    /// <param name="found">The file.</param>
    /// <param name="options">How it was opened.</param>
    public static FileHead Read(FoundInput found, PipelineOptions options)
    {
        var head = new FileHead { Source = found.State, Note = found.Note };
        if (found.Input is not { } input) return head;
        if (WithoutLines(input) is { } why) return head with { Note = Both(head.Note, why) };
        var (bytes, isAll, problem) = ReadBytes(input.Content);
        var (lines, isWhole) = LinesOf(Decode(bytes, options), isAll && problem is null);
        return head with { Lines = lines, IsWhole = isWhole, Note = Both(head.Note, problem) };
    }

    static string? WithoutLines(OpenedInput input) => input switch
    {
        { Archive: not null } => "It is an archive: its files are in the list of files.",
        { Format.Name: "parquet" } => "It is a Parquet file, which has no lines of text.",
        { Format.Name: "xlsx" } => "It is an Excel workbook, which has no lines of text.",
        _ => null,
    };

    static (byte[] Bytes, bool IsAll, string? Problem) ReadBytes(ByteContent content)
    {
        var bytes = new byte[MostBytes];
        var length = 0;
        try
        {
            while (length < bytes.Length)
            {
                var read = content.Read(length, bytes.AsSpan(length));
                if (read == 0) return (bytes[..length], true, null);
                length += read;
            }

            return (bytes, content.Length == length, null);
        }
        catch (Exception failure) when (failure is IOException or BrokenContentException)
        {
            return (bytes[..length], false, Sentence.Of(failure.Message));
        }
    }

    /// <summary>If the pipeline specifies a single-byte encoding, fields are decoded one by one, so the content has the stored
    /// bytes; otherwise it is UTF-8.</summary>
    static string Decode(byte[] bytes, PipelineOptions options)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) bytes = bytes[3..];
        if (options.Encoding == "auto" || TextEncoding.Find(options.Encoding) is not { Kind: EncodingKind.SingleByte } encoding)
            return System.Text.Encoding.UTF8.GetString(bytes);
        return string.Create(bytes.Length, (bytes, encoding.Characters), static (text, state) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = state.Characters[state.bytes[i]] is var letter && letter == TextEncoding.NoCharacter
                    ? '\uFFFD' : letter;
        });
    }

    static (IReadOnlyList<HeadLine> Lines, bool IsWhole) LinesOf(string text, bool isAll)
    {
        var lines = new List<HeadLine>();
        var at = 0;
        while (at < text.Length && lines.Count < MostLines)
        {
            var end = text.AsSpan(at).IndexOfAny('\n', '\r');
            var isOpen = end < 0;
            var line = isOpen ? text[at..] : text.Substring(at, end);
            lines.Add(Cut(line, isOpen && !isAll));
            if (isOpen) return (lines, isAll && !lines.Exists(l => l.IsCut));
            at += end + (text[at + end] == '\r' && at + end + 1 < text.Length && text[at + end + 1] == '\n' ? 2 : 1);
        }

        return (lines, isAll && at >= text.Length && !lines.Exists(l => l.IsCut));
    }

    static HeadLine Cut(string line, bool isCut) => new(ShortText.Of(line, LongestLine), isCut || line.Length > LongestLine);

    static string? Both(string? first, string? second) => first is null ? second : second is null ? first : $"{first} {second}";
}
