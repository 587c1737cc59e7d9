namespace OrleansIngest.Engine.Pipelines;

/// <summary>A time window in which files are expected, from its start (exclusive) to its end (inclusive). A day is a calendar
/// day of the time zone, with 23 or 25 hours at a clock change. An end that the change skips is an hour later; of an end that
/// occurs twice, the first counts.</summary>
/// <param name="Start">The end of the previous window.</param>
/// <param name="End">When the files must have arrived.</param>
public readonly record struct ExpectedWindow(DateTimeOffset Start, DateTimeOffset End)
{
    static readonly DateOnly Monday = new(2001, 1, 1);

    /// <summary>The last window that has ended.</summary>
    public static ExpectedWindow Last(ExpectOptions options, DateTimeOffset now)
    {
        var ends = Ends(options, now);
        var last = ends.FindLastIndex(end => end <= now);
        return new(ends[last - 1], ends[last]);
    }

    /// <summary>When the next files must have arrived.</summary>
    public static DateTimeOffset NextEnd(ExpectOptions options, DateTimeOffset now) => Ends(options, now).Find(end => end > now);

    /// <summary>The ends around an instant: at least two before it, and one after it.</summary>
    static List<DateTimeOffset> Ends(ExpectOptions options, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var by = TimeOnly.TryParseExact(options.By, "HH:mm", out var time) ? time.ToTimeSpan() : TimeSpan.Zero;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var days = Math.Max(1, (int)(options.Every.Ticks / TimeSpan.TicksPerDay));
        var step = options.Every.Ticks < TimeSpan.TicksPerDay ? options.Every : TimeSpan.FromDays(1);
        var since = today.DayNumber - Monday.DayNumber;
        var first = today.AddDays(-(((since % days) + days) % days));
        var ends = new SortedSet<DateTimeOffset>();
        for (var period = -3; period <= 2; period++)
        {
            var midnight = first.AddDays(period * days).ToDateTime(TimeOnly.MinValue);
            for (var at = TimeSpan.FromTicks(by.Ticks % step.Ticks); at < TimeSpan.FromDays(1); at += step)
                ends.Add(Instant(midnight + at, zone));
        }

        return [.. ends];
    }

    static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
