using System.Globalization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Shell;

/// <summary>Moments as people at this terminal write them: in its time zone, unless they say another one.</summary>
static class LocalMoment
{
    /// <summary>Reads <c>12h</c> (so long ago), <c>20:00</c> (the last time that it was), or a date with or without a
    /// time.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="time">Its clock and its time zone.</param>
    /// <param name="at">The moment.</param>
    public static bool TryParse(string text, TimeProvider time, out DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        if (DurationText.TryParse(text, out var ago))
        {
            at = now - ago;
            return true;
        }

        var zone = time.LocalTimeZone;
        var culture = CultureInfo.InvariantCulture;
        if (TimeOnly.TryParseExact(text, ["H:mm", "HH:mm", "HH:mm:ss"], culture, DateTimeStyles.None, out var clock))
        {
            var today = TimeZoneInfo.ConvertTime(now, zone).Date;
            at = Of(today + clock.ToTimeSpan(), zone);
            if (at > now) at = Of(today.AddDays(-1) + clock.ToTimeSpan(), zone);
            return true;
        }

        if (DateTime.TryParse(text, culture, DateTimeStyles.RoundtripKind, out var written) && written.Year is > 1 and < 9999)
        {
            at = written.Kind == DateTimeKind.Unspecified
                ? Of(written, zone)
                : DateTimeOffset.Parse(text, culture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            return true;
        }

        at = default;
        return false;
    }

    /// <summary>A time that the clocks skip in spring becomes the moment at which they do.</summary>
    static DateTimeOffset Of(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
