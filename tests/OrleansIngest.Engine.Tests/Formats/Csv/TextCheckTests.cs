using System.Text;
using System.Text.Unicode;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class TextCheckTests
{
    // Pieces that meet in every order: whole characters of each length, their torn parts, bytes that no
    // character has, NUL, and line breaks.
    static readonly byte[][] Pieces =
    [
        [(byte)'a'], [(byte)'\n'], [(byte)'\n'], "Müller"u8.ToArray(), "€"u8.ToArray(), "😀"u8.ToArray(),
        [0xC3], [0xA9], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0],
    ];

    static readonly string[] Characters = ["a", "\n", "Müller", "€", "😀"];

    [Fact]
    public void Scan_AnyBytesInAnyChunks_CallsOnlyCleanRecordsClean()
    {
        Gen.Select(Gen.Int[0, Pieces.Length - 1].Array[0, 30], Gen.Int[1, 9].Array[1, 40]).Sample((pieces, sizes) =>
        {
            byte[] bytes = [.. pieces.SelectMany(p => Pieces[p])];
            var check = new TextCheck();
            var shown = 0;
            for (var i = 0; shown < bytes.Length; i++)
            {
                var chunk = bytes.AsSpan(shown, Math.Min(sizes[i % sizes.Length], bytes.Length - shown));
                check.Scan(shown, chunk, isLast: shown + chunk.Length == bytes.Length);
                shown += chunk.Length;
                foreach (var (start, end) in RecordsWithin(bytes, shown))
                {
                    var record = bytes.AsSpan(start, end - start);
                    if (start >= check.SuspectUpTo && (record.Contains((byte)0) || !Utf8.IsValid(record))) return false;
                }
            }

            return true;
        });
    }

    [Fact]
    public void Scan_CleanText_IsNeverSuspect()
    {
        Gen.Select(Gen.Int[0, Characters.Length - 1].Array[0, 30], Gen.Int[1, 9]).Sample((pieces, size) =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(pieces.Select(p => Characters[p])));
            var check = new TextCheck();
            for (var at = 0; at < bytes.Length; at += size)
                check.Scan(at, bytes.AsSpan(at, Math.Min(size, bytes.Length - at)), isLast: at + size >= bytes.Length);
            return check.SuspectUpTo == 0;
        });
    }

    [Fact]
    public void Scan_FileEndsInMidCharacter_IsSuspect()
    {
        var check = new TextCheck();
        check.Scan(0, [(byte)'a', 0xC3], isLast: false);
        check.Scan(2, [], isLast: true);
        check.SuspectUpTo.ShouldBe(2);
    }

    /// <summary>Lines that were shown to their end: with their line break, or at the end of everything.</summary>
    static IEnumerable<(int Start, int End)> RecordsWithin(byte[] bytes, int shown)
    {
        for (var start = 0; start < shown;)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0) end = bytes.Length;
            if (end > shown || (end == shown && end < bytes.Length)) yield break;
            yield return (start, end);
            start = end + 1;
        }
    }
}
