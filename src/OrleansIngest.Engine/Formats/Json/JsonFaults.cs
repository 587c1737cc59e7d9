using System.Buffers;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Faults that are found before a record is parsed. Cold.</summary>
static class JsonFaults
{
    /// <summary>A record that exceeds the maximum length.</summary>
    public static RecordFault TooLong(long length, int kept, int maxRecordBytes) => new(
        RejectReason.TooLong,
        $"the record has {Counted.Of(length, "byte")}, more than {maxRecordBytes} (json.maxRecordBytes); its first "
            + $"{Counted.Of(kept, "byte")} are kept");

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
