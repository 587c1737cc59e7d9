using System.Buffers;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>The faults of records. Cold.</summary>
static class JsonFaults
{
    /// <summary>A record that exceeds the maximum length.</summary>
    public static RecordFault TooLong(long length, int kept, int maxRecordBytes) => new(
        RejectReason.TooLong,
        $"the record has {Counted.Of(length, "byte")}, more than {maxRecordBytes} (json.maxRecordBytes); its first "
            + $"{Counted.Of(kept, "byte")} are kept");

    /// <summary>A record that is a value of another kind.</summary>
    public static RecordFault NoObject { get; } =
        new(RejectReason.BrokenJson, "the record is not an object such as {\"key\": value, …}");

    /// <summary>A value without the path to the record.</summary>
    public static RecordFault NoPath(MemberPath path) => new(RejectReason.BrokenJson, $"the value has no {path}");

    /// <summary>A key that no sampled record contains.</summary>
    /// <param name="name">The key.</param>
    /// <param name="sampledTo">End of the sample, in bytes from the input's beginning.</param>
    public static RecordFault UnknownKey(string name, long sampledTo) => new(
        RejectReason.UnknownKey,
        $"key \"{HeaderName.Shown(name)}\" is in none of the records at the input's beginning, up to byte {sampledTo}, and no "
            + "column without a default has its name; list it in \"json\": { \"fields\": … } to load it");

    /// <summary>A key that occurs twice in a record.</summary>
    /// <param name="name">The name of its field.</param>
    /// <param name="spelling">The key as it is written the second time; null for the same.</param>
    public static RecordFault Ambiguous(string name, string? spelling) => new(
        RejectReason.BrokenJson,
        $"key \"{HeaderName.Shown(name)}\" occurs twice"
            + (spelling is null || spelling == name ? "" : $" (once spelled {HeaderName.Shown(spelling)})")
            + ", so its value is ambiguous");

    /// <summary>A value whose text the database cannot store.</summary>
    /// <param name="flaw">Its kind.</param>
    /// <param name="name">The name of its field.</param>
    public static RecordFault OfValue(JsonTextFlaw flaw, string name) => flaw == JsonTextFlaw.Nul
        ? new(RejectReason.NulByte,
            $"the string \"{HeaderName.Shown(name)}\" contains \\u0000, which PostgreSQL cannot store")
        : new(RejectReason.InvalidUtf8,
            $"the string \"{HeaderName.Shown(name)}\" contains an unpaired surrogate (\\ud800 to \\udfff)");

    /// <summary>A flaw found by a scanner.</summary>
    /// <param name="flaw">Its kind.</param>
    /// <param name="what">Its description; null for that of the kind.</param>
    /// <param name="text">The record.</param>
    /// <param name="at">Offset in it.</param>
    public static RecordFault OfFlaw(JsonFlaw flaw, string? what, ReadOnlySpan<byte> text, int at)
    {
        what ??= flaw switch
        {
            JsonFlaw.Depth => $"objects and arrays are nested deeper than {JsonScanner.MaxDepth}",
            JsonFlaw.Token => "this is not a JSON value",
            _ when at >= text.Length => "the record ends too early",
            _ => "this is not JSON",
        };
        return new RecordFault(RejectReason.BrokenJson, $"{what}, at byte {at} of the record{JsonExcerpt.At(text, at)}");
    }

    /// <summary>The fault of bytes that are not text, or null.</summary>
    public static RecordFault? OfText(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            var at = 0;
            while (Rune.DecodeFromUtf8(text[at..], out _, out var consumed) == OperationStatus.Done) at += consumed;
            return new RecordFault(RejectReason.InvalidUtf8, $"byte 0x{text[at]:X2} at byte {at} of the record is not UTF-8");
        }

        var nul = text.IndexOf((byte)0);
        return nul < 0 ? null : new RecordFault(RejectReason.NulByte, $"NUL byte at byte {nul} of the record");
    }
}
