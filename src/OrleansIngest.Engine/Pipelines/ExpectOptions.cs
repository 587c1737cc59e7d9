namespace OrleansIngest.Engine.Pipelines;

/// <summary>Schedule of expected files.</summary>
public sealed class ExpectOptions
{
    /// <summary>Length of a window: whole days (<c>1d</c>; <c>7d</c> starts on Mondays), or a fraction that divides a day
    /// evenly (<c>15m</c>, <c>1h</c>, <c>6h</c>). 1 min to 366 d. Default: 1d.</summary>
    [DurationRange("1m", "366d")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Time of day at which a window ends, such as <c>07:00</c>; null counts windows from midnight. Default:
    /// null.</summary>
    public string? By { get; set; }

    /// <summary>Time zone of the days and of <see cref="By"/>, such as <c>Europe/Berlin</c>. Default: UTC.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Minimum number of files in each window. 1 to 1,000,000. Default: 1.</summary>
    [CountRange(1, 1_000_000)]
    public int AtLeast { get; set; } = 1;

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        var day = TimeSpan.TicksPerDay;
        if (Every.Ticks > 0 && (Every.Ticks >= day ? Every.Ticks % day != 0 : day % Every.Ticks != 0))
            problems.Add(new($"{path}.every",
                $"must be whole days, or go into a day evenly, such as 15m, 1h or 6h, not {DurationText.Format(Every)}"));
        if (By is not null && !TimeOnly.TryParseExact(By, "HH:mm", out _))
            problems.Add(new($"{path}.by", $"must be a time of day such as 07:00, not '{By}'"));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            problems.Add(new($"{path}.timeZone",
                $"must be a time zone that this machine knows, such as UTC or Europe/Berlin, not '{TimeZone}'"));
    }
}
