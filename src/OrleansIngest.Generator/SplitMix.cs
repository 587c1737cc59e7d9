namespace OrleansIngest.Generator;

/// <summary>SplitMix64: a few instructions per number, and the same numbers on every platform and version, which System.Random
/// does not guarantee.</summary>
/// <param name="state">The seed.</param>
struct SplitMix(ulong state)
{
    ulong _state = state;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 up to, not including, <paramref name="bound"/>, which must be positive.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>True in this many of 100 cases.</summary>
    public bool Percent(int percent) => Below(100) < percent;
}
