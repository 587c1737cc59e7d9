namespace OrleansIngest.Engine.Pipelines;

/// <summary>Alert thresholds of a pipeline.</summary>
public sealed class AlertOptions
{
    /// <summary>Alert when files are waiting or loading and nothing has been committed for this long, unless the pipeline is
    /// paused; 0 for never. 0 to 7 d. Default: 5m.</summary>
    [DurationRange("0", "7d")]
    public TimeSpan Stalled { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Alert when open rejects exceed this share of the records of <see cref="RejectWindow"/>, in percent; 100 for
    /// never. 0 to 100. Default: 10.</summary>
    [CountRange(0, 100)]
    public int RejectPercent { get; set; } = 10;

    /// <summary>Time window of <see cref="RejectPercent"/>. 1 min to 1 d. Default: 15m.</summary>
    [DurationRange("1m", "1d")]
    public TimeSpan RejectWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Minimum number of records in <see cref="RejectWindow"/> for an alert. 1 to 1,000,000,000. Default:
    /// 100.</summary>
    [CountRange(1, 1_000_000_000)]
    public int RejectMinimum { get; set; } = 100;

    /// <summary>Alert when open rejects make up at least this share of the records of one loaded file, in percent, however
    /// small the file; 0 for never. 0 to 100. Default: 50.</summary>
    [CountRange(0, 100)]
    public int RejectFilePercent { get; set; } = 50;

    /// <summary>Alert when at least this many files are quarantined; 0 for never. 0 to 1,000,000. Default: 1.</summary>
    [CountRange(0, 1_000_000)]
    public int Quarantined { get; set; } = 1;

    /// <summary>Alert when a file has been waiting for this long since it was discovered; 0 for never. 0 to 30 d. Default:
    /// 1h.</summary>
    [DurationRange("0", "30d")]
    public TimeSpan OldestFile { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Duration of the alert after a file first had a field without a column, or a value that widened a column; 0
    /// for no alert. 0 to 30 d. Default: 1d.</summary>
    [DurationRange("0", "30d")]
    public TimeSpan Drift { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Alert when no file has arrived on a day by this time of day, such as <c>07:30</c>. The alert ends with the
    /// first file or with the day. Null for never. Default: null.</summary>
    public string? NoFileBy { get; set; }

    /// <summary>Time zone of <see cref="NoFileBy"/>, such as <c>Europe/Berlin</c>. Default: UTC.</summary>
    public string TimeZone { get; set; } = "UTC";

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        if (NoFileBy is not null && !TimeOnly.TryParseExact(NoFileBy, "HH:mm", out _))
            problems.Add(new($"{path}.noFileBy", $"must be a time of day such as 07:30, not '{NoFileBy}'"));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            problems.Add(new($"{path}.timeZone",
                $"must be a time zone that this machine knows, such as UTC or Europe/Berlin, not '{TimeZone}'"));
    }
}
