using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>64 bytes of text as bit masks, with the first byte in the lowest bit.</summary>
/// <remarks>Hot: allocates nothing, throws nothing.</remarks>
ref struct QuoteBlock
{
    /// <summary>Length of a block in bytes.</summary>
    public const int Length = 64;

    const ulong Last = 1UL << (Length - 1);

    /// <summary>Where a line ends: the line feed of CR LF.</summary>
    public ulong Breaks;

    /// <summary>Where a record ends, if nothing before it is broken.</summary>
    public ulong Ends;

    /// <summary>Quotes that neither open nor close a field, nor are doubled in one.</summary>
    public ulong Faults;

    /// <summary>All ones when a quoted field continues after the block; otherwise 0.</summary>
    public ulong InQuotes;

    /// <summary>Examines a block.</summary>
    /// <param name="bytes">Its first byte; 64 bytes can be read there, whatever the length.</param>
    /// <param name="length">Number of valid bytes, from 1; fewer than 64 at the end of the text.</param>
    /// <param name="before">The byte before the block; a line break if a record starts with the block.</param>
    /// <param name="behind">The byte after it; -1 at the end.</param>
    /// <param name="inQuotes">All ones when it starts inside quotes; otherwise 0.</param>
    /// <param name="signs">The bytes to search for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuoteBlock Of(ref byte bytes, int length, int before, int behind, ulong inQuotes, SplitSigns signs)
    {
        var counts = length >= Length ? ulong.MaxValue : (1UL << length) - 1;
        var feeds = Equal(ref bytes, (byte)'\n') & counts;
        var returns = signs.ReturnBreaks ? Equal(ref bytes, (byte)'\r') & counts : 0;
        var quotes = signs.Quote >= 0 ? Equal(ref bytes, (byte)signs.Quote) & counts : 0;
        var block = new QuoteBlock { Breaks = feeds | (returns & ~((feeds >> 1) | (behind == '\n' ? Last : 0))) };
        if ((quotes | inQuotes) == 0)
        {
            block.Ends = block.Breaks;
            return block;
        }

        var inside = UpTo(quotes) ^ inQuotes;
        block.Ends = block.Breaks & ~inside;
        block.InQuotes = (ulong)((long)inside >> (Length - 1));
        // An opening quote follows one of these, or the quote that it doubles; a closing quote precedes one of them.
        var limits = feeds | returns | quotes | (Equal(ref bytes, (byte)signs.Delimiter) & counts);
        var behindLimit = (limits << 1) | (IsLimit(before, signs) ? 1UL : 0);
        var beforeLimit = (limits >> 1)
            | (behind < 0 ? 1UL << (Math.Min(length, Length) - 1) : IsLimit(behind, signs) ? Last : 0);
        block.Faults = quotes & ((inside & ~behindLimit) | (~inside & ~beforeLimit));
        return block;
    }

    static bool IsLimit(int value, SplitSigns signs) => value is '\n' or '\r' || value == signs.Delimiter || value == signs.Quote;

    /// <summary>For each bit, whether the number of set bits up to and including it is odd.</summary>
    static ulong UpTo(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Equal(ref byte bytes, byte value)
    {
        if (Vector512.IsHardwareAccelerated)
            return Vector512.Equals(Vector512.LoadUnsafe(ref bytes), Vector512.Create(value)).ExtractMostSignificantBits();
        if (Vector256.IsHardwareAccelerated)
        {
            var wanted = Vector256.Create(value);
            return Vector256.Equals(Vector256.LoadUnsafe(ref bytes), wanted).ExtractMostSignificantBits()
                | ((ulong)Vector256.Equals(Vector256.LoadUnsafe(ref bytes, 32), wanted).ExtractMostSignificantBits() << 32);
        }

        ulong bits = 0;
        for (var i = 0; i < Length; i += Vector128<byte>.Count)
        {
            ulong some = Vector128.Equals(Vector128.LoadUnsafe(ref bytes, (nuint)i),
                Vector128.Create(value)).ExtractMostSignificantBits();
            bits |= some << i;
        }

        return bits;
    }
}
