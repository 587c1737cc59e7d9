using System.Globalization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Durations in readable form: <c>0</c>, <c>500ms</c>, <c>1.5s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, <c>2w</c>. Every
/// value except zero requires a unit, so that seconds cannot be confused with milliseconds.</summary>
public static class DurationText
{
    const string Week = "w";

    static readonly (string Suffix, long Ticks)[] Units =
    [
        (Week, 7 * TimeSpan.TicksPerDay),
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>The expected form, for messages.</summary>
    public const string Expected = "a duration such as 500ms, 1s, 5m, 2h, 1d or 1w";

    /// <summary>Reads a duration of zero or more, at most 10,000 days.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var trimmed = (text ?? "").Trim();
        if (trimmed == "0")
            return true;
        var digits = trimmed.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]);
        var suffix = trimmed[digits.Length..];
        foreach (var unit in Units)
        {
            if (unit.Suffix != suffix)
                continue;
            if (!decimal.TryParse(digits.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            if (number > 10_000m * TimeSpan.TicksPerDay / unit.Ticks)
                return false;
            duration = TimeSpan.FromTicks((long)(number * unit.Ticks));
            return true;
        }

        return false;
    }

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a duration.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration) ? duration : throw new FormatException($"'{text}' is not {Expected}");

    /// <summary>Writes the shortest exact form that <see cref="Parse"/> reads; fractions of a microsecond are cut
    /// off.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0";
        // Weeks are only read: 7d is what the configuration, its documentation and the pages have always said.
        foreach (var unit in Units.Where(u => u.Suffix != Week))
        {
            if (duration.Ticks % unit.Ticks == 0)
                return (duration.Ticks / unit.Ticks).ToString(CultureInfo.InvariantCulture) + unit.Suffix;
        }

        return (duration.Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture) + "us";
    }
}
