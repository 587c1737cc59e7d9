using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Decimal digits at known places of a text.</summary>
/// <remarks>Hot: no allocation, no exception.</remarks>
static class DigitText
{
    /// <summary>The number of two digits; false if they are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }

    /// <summary>The number of the first four digits; false if they are none.</summary>
    public static bool FourDigits(ReadOnlySpan<byte> text, out int value)
    {
        // Four digits at once: the bytes' high halves must be 3, and adding 6 must not carry into them.
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(text);
        value = (int)((((bytes & 0x0F0F0F0F) * ((10 << 8) + 1)) >> 8) & 0x00FF00FF);
        value = ((value & 0xFF) * 100) + (value >> 16);
        return ((bytes & 0xF0F0F0F0) | (((bytes + 0x06060606) & 0xF0F0F0F0) >> 4)) == 0x33333333;
    }

    /// <summary>The number that the whole text is; false if it has anything but digits.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!ServerText.IsDigit(digit))
                return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }

    /// <summary>How many digits the text begins with.</summary>
    public static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = 0;
        while (end < text.Length && ServerText.IsDigit(text[end]))
            end++;
        return end;
    }
}
