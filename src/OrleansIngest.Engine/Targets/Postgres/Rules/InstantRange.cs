using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The instant is between two inclusive bounds; reads the binary form of date, timestamp (taken as UTC) and
/// timestamptz.</summary>
sealed class InstantRange : RowRule
{
    static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly bool _isDate;
    readonly long _minimum;
    readonly long _maximum;
    readonly DateTimeOffset? _notBefore;
    readonly DateTimeOffset? _notAfter;

    public InstantRange(uint baseTypeOid, DateTimeOffset? notBefore, DateTimeOffset? notAfter)
    {
        _isDate = baseTypeOid == 1082;
        _notBefore = notBefore;
        _notAfter = notAfter;
        _minimum = notBefore is { } low ? (low - Epoch).Ticks / TimeSpan.TicksPerMicrosecond : long.MinValue;
        _maximum = notAfter is { } high ? (high - Epoch).Ticks / TimeSpan.TicksPerMicrosecond : long.MaxValue;
    }

    /// <summary>Whether columns of this type can have a range of instants.</summary>
    public static bool Supports(uint baseTypeOid) => baseTypeOid is 1082 or 1114 or 1184;

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded)
    {
        var value = _isDate ? MicrosecondsOf(BinaryPrimitives.ReadInt32BigEndian(encoded))
            : BinaryPrimitives.ReadInt64BigEndian(encoded);
        return value >= _minimum && value <= _maximum;
    }

    public override string Explain(ReadOnlySpan<byte> text)
    {
        var bounds = (_notBefore, _notAfter) switch
        {
            ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $"between {low:u} and {high:u}"),
            ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"not before {low:u}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"not after {_notAfter:u}"),
        };
        return $"\"{Encoding.UTF8.GetString(text)}\" is not plausible: it must be {bounds}";
    }

    /// <summary>Infinity stays beyond every bound.</summary>
    static long MicrosecondsOf(int days) => days switch
    {
        int.MaxValue => long.MaxValue,
        int.MinValue => long.MinValue,
        _ => days * 86_400_000_000L,
    };
}
