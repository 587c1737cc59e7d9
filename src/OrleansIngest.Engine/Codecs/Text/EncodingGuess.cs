using System.Buffers;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>The detected encoding of a text.</summary>
/// <param name="Encoding">The encoding; null if several are equally likely.</param>
/// <param name="Note">What was detected, or why nothing was, human-readable; null for UTF-8.</param>
readonly record struct FoundEncoding(TextEncoding? Encoding, string? Note);

/// <summary>
/// Detects the encoding of a text without configuration. A byte order mark, UTF-8 (hardly anything else is valid UTF-8 by
/// chance), and UTF-16 with its zeros are certain. The rest is a guess: single bytes among ASCII letters, as in western European
/// text, are read as windows-1252, with a note; runs of such bytes are letters of some other script, which only a reader of that
/// script can identify. A few bytes that match neither are damage in a UTF-8 text, and their records are rejected.
/// </summary>
static class EncodingGuess
{
    const int SampleBytes = 256 * 1024;

    /// <summary>Fewer are as likely to be damage: a flipped bit makes a letter of windows-1252 of any ASCII letter, and the first
    /// characters that prove UTF-8 may come after the sample. Such records are rejected, and none is changed.</summary>
    const int FewestLetters = 3;

    /// <summary>Examines the beginning of a content.</summary>
    public static FoundEncoding Of(ByteContent content)
    {
        var sample = ArrayPool<byte>.Shared.Rent((int)Math.Min(SampleBytes, content.Length ?? SampleBytes));
        try
        {
            var length = 0;
            for (int read; length < sample.Length && (read = content.Read(length, sample.AsSpan(length))) > 0;) length += read;
            return Of(sample.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sample);
        }
    }

    /// <summary>Examines the first bytes of a text.</summary>
    public static FoundEncoding Of(ReadOnlySpan<byte> text)
    {
        var wide = text switch
        {
            [0xEF, 0xBB, 0xBF, ..] => "utf-8",
            [0xFF, 0xFE, 0, 0, ..] => "utf-32le",
            [0, 0, 0xFE, 0xFF, ..] => "utf-32be",
            [0xFF, 0xFE, ..] => "utf-16le",
            [0xFE, 0xFF, ..] => "utf-16be",
            _ => null,
        };
        if (wide == "utf-8") return new FoundEncoding(TextEncoding.Utf8, null);
        if (wide is not null) return new FoundEncoding(TextEncoding.Find(wide), $"encoding: {wide}, by its byte order mark");
        return ByZeros(text) is { } zeros
            ? new FoundEncoding(TextEncoding.Find(zeros), $"encoding: {zeros}, by the zeros in it; there is no byte order mark")
            : ByBytes(text);
    }

    /// <summary>In UTF-16 of mostly western text every second byte is zero; in text of one byte per character none is.</summary>
    static string? ByZeros(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)0)) return null;
        Span<int> zeros = [0, 0];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 0) zeros[i % 2]++;
        }

        var units = text.Length / 2;
        if (units < 4) return null;
        if (zeros[1] > units * 4 / 10 && zeros[0] < units / 20) return "utf-16le";
        if (zeros[0] > units * 4 / 10 && zeros[1] < units / 20) return "utf-16be";
        return null;
    }

    static FoundEncoding ByBytes(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) return new FoundEncoding(TextEncoding.Utf8, null);
        int sound = 0, single = 0, inRuns = 0, unlike = 0;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] < 0x80)
            {
                at++;
                continue;
            }

            var status = Rune.DecodeFromUtf8(text[at..], out _, out var length);
            if (status == OperationStatus.NeedMoreData) break; // the sample ends inside it
            if (status == OperationStatus.Done)
            {
                sound++;
                at += length;
                continue;
            }

            var run = 1;
            while (at + run < text.Length && text[at + run] >= 0x80) run++;
            if (run > 2) inRuns += run;
            else if (IsWestern(text, at, run)) single += run;
            else unlike += run;
            at += run;
        }

        if (sound > 0 || single + inRuns + unlike == 0) return new FoundEncoding(TextEncoding.Utf8, null);
        if (inRuns > single + unlike)
            return new FoundEncoding(null, BinaryContent.IsLikely(text) ? BinaryContent.Refusal : Ambiguous(text));
        return single >= FewestLetters && single >= 9 * (inRuns + unlike)
            ? new FoundEncoding(
                TextEncoding.Find("windows-1252"),
                $"encoding: windows-1252, a guess: {Counted.Of(single, "byte")} at its beginning are not UTF-8, and are Western "
                + "European letters in windows-1252. Set encoding if that is wrong")
            : new FoundEncoding(TextEncoding.Utf8, null);
    }

    /// <summary>One or two bytes that are letters, signs or typographic quotes in windows-1252, next to an ASCII letter, a digit
    /// or a space.</summary>
    static bool IsWestern(ReadOnlySpan<byte> text, int at, int run)
    {
        foreach (var value in text.Slice(at, run))
        {
            if (TextEncoding.Find("windows-1252")!.Characters[value] is var letter && letter == TextEncoding.NoCharacter)
                return false;
            if (value is < 0xA0 and not (0x80 or 0x85 or >= 0x91 and <= 0x97)) return false;
        }

        var before = at == 0 ? (byte)' ' : text[at - 1];
        var after = at + run >= text.Length ? (byte)' ' : text[at + run];
        return char.IsAsciiLetterOrDigit((char)before) || char.IsAsciiLetterOrDigit((char)after)
            || (before == ' ' && after == ' ');
    }

    static string Ambiguous(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        var line = text[..start].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        var end = text[start..].IndexOfAny((byte)'\n', (byte)'\r');
        var shown = text[line..(end < 0 ? text.Length : start + end)];
        shown = shown[..Math.Min(shown.Length, 60)];
        var readings = new List<string>();
        foreach (var name in (string[])["windows-1251", "gb18030", "shift_jis", "euc-kr", "big5", "windows-1252"])
        {
            var characters = new char[shown.Length + 2];
            var length = TextEncoding.Find(name)!.NewDecoder().GetChars(shown, characters, flush: false);
            var reading = new string(characters, 0, length);
            if (!reading.Contains(TextEncoding.NoCharacter) && !reading.Any(char.IsControl)) readings.Add($"{name}: {reading}");
        }

        return readings.Count == 0
            ? BinaryContent.Refusal
            : "the text is not UTF-8, and its encoding cannot be determined from its bytes. Possible readings of its first such "
                + $"line: {string.Join("; ", readings)}. Specify its encoding, such as --encoding {readings[0].Split(':')[0]}";
    }
}
