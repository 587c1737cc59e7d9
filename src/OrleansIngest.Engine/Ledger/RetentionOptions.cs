using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Retention of the details in the ledger. Totals of files and hourly totals are kept without limit.</summary>
public sealed class RetentionOptions
{
    /// <summary>Retention of the batches of loaded files. The batches of other files are never deleted: they are needed to
    /// resume. 1 h to 3650 d. Default: 7d.</summary>
    [DurationRange("1h", "3650d")]
    public TimeSpan Batches { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Retention of ten-second totals per node and lane, which are then merged into one-minute totals. 1 h to 30 d.
    /// Default: 2h.</summary>
    [DurationRange("1h", "30d")]
    public TimeSpan TenSeconds { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Retention of one-minute totals, which are then merged into hourly totals. 1 h to 365 d. Default:
    /// 2d.</summary>
    [DurationRange("1h", "365d")]
    public TimeSpan Minutes { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Retention of history entries and of alerts that have ended. 1 h to 3650 d. Default: 90d.</summary>
    [DurationRange("1h", "3650d")]
    public TimeSpan History { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Retention of nodes that have left or died. 1 h to 3650 d. Default: 30d.</summary>
    [DurationRange("1h", "3650d")]
    public TimeSpan Nodes { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The problems; empty if the options are valid.</summary>
    /// <param name="path">The path of these options.</param>
    public IReadOnlyList<OptionProblem> Validate(string path)
    {
        var problems = new List<OptionProblem>();
        OptionChecks.Ranges(this, path, problems);
        return problems;
    }
}
