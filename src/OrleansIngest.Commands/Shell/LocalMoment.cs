using System.Globalization;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Shell;

/// <summary>Moments as people at this terminal write them: in its time zone, unless they say another one.</summary>
static class LocalMoment
{
    /// <summary>The expected forms, for help and messages.</summary>
    public const string Forms =
        "a duration before now such as 12h, a local time such as 20:00 (the last one), today or yesterday (from 00:00), or "
            + "a local date such as 2026-01-03 or \"2026-01-03 09:00\" (in UTC with a Z at the end)";

    /// <summary>ISO 8601 only: <c>01/02/2026</c> is January or February, and <c>1.2</c> a mistyped duration.</summary>
    static readonly string[] Dates =
        [.. from gap in new[] { " ", "'T'" }
            from clock in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" } select $"yyyy-MM-dd{gap}{clock}"];

    /// <summary>The same with a zone: <c>Z</c>, <c>+02:00</c>, or <c>+02</c> as psql prints it.</summary>
    static readonly string[] Instants = [.. from date in Dates from zone in new[] { "K", "zz" } select date + zone];

    /// <summary>Reads <c>12h</c> (so long ago), <c>20:00</c> (the last time that it was), <c>today</c>, <c>yesterday</c>, or a
    /// date with or without a time.</summary>
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
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        if (text is "today" or "yesterday")
        {
            at = Of(text == "today" ? today : today.AddDays(-1), zone);
            return true;
        }

        if (TimeOnly.TryParseExact(text, ["H:mm", "H:mm:ss"], culture, DateTimeStyles.None, out var clock))
        {
            at = Of(today + clock.ToTimeSpan(), zone);
            if (at > now) at = Of(today.AddDays(-1) + clock.ToTimeSpan(), zone);
            return true;
        }

        if (DateTime.TryParseExact(text, ["yyyy-MM-dd", .. Dates], culture, DateTimeStyles.None, out var written)
            && written.Year is > 1 and < 9999)
        {
            at = Of(written, zone);
            return true;
        }

        return DateTimeOffset.TryParseExact(text, Instants, culture, DateTimeStyles.AdjustToUniversal, out at)
            && at.Year is > 1 and < 9999;
    }

    /// <summary>Local time with its offset, and UTC, as the tables show it: <c>2026-11-26 16:25:00-05:00 (2026-11-26
    /// 21:25:00Z)</c>.</summary>
    public static string Describe(DateTimeOffset at, TimeProvider time)
    {
        var local = TimeZoneInfo.ConvertTime(at, time.LocalTimeZone);
        var utc = Readable.Instant(at)!;
        return local.Offset == TimeSpan.Zero ? utc
            : string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd HH:mm:sszzz} ({utc})");
    }

    /// <summary>A time that the clocks skip in spring becomes the moment at which they do.</summary>
    static DateTimeOffset Of(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
