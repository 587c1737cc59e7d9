using System.Text;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The text has a number of characters between two inclusive bounds.</summary>
sealed class LengthRange(int? minimum, int? maximum) : RowRule
{
    readonly int _minimum = minimum ?? 0;
    readonly int _maximum = maximum ?? int.MaxValue;

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded)
    {
        // A text has at most as many characters as bytes, and at least a quarter of that.
        if (text.Length < _minimum || text.Length / 4 > _maximum) return false;
        var characters = Count(text);
        return characters >= _minimum && characters <= _maximum;
    }

    public override string Explain(ReadOnlySpan<byte> text)
    {
        var bounds = (minimum, maximum) switch
        {
            ({ } low, { } high) => $"from {low} to {Counted.Of(high, "character")}",
            ({ } low, null) => $"at least {Counted.Of(low, "character")}",
            _ => $"at most {Counted.Of(_maximum, "character")}",
        };
        return $"\"{Encoding.UTF8.GetString(text)}\" has {Counted.Of(Count(text), "character")}: it must have {bounds}";
    }

    /// <summary>Counts code points: all bytes of UTF-8 except continuation bytes.</summary>
    static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var value in text)
        {
            if ((value & 0xC0) != 0x80) count++;
        }

        return count;
    }
}
