namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the value, as an instant, to be plausible: not too old, and not in the future.</summary>
public sealed class TimeRangeRule : RowRuleOptions
{
    /// <summary>The earliest allowed instant, or null for no bound. Default: null.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>How far ahead of the instant at which the file was begun the value may lie (<c>1d</c>), or null for no bound.
    /// Default: null.</summary>
    [DurationRange("0", "3650d")]
    public TimeSpan? NotAfterNow { get; set; }

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        OptionChecks.Ranges(this, path, problems);
        if (NotBefore is null && NotAfterNow is null)
            problems.Add(new(path, "needs notBefore, notAfterNow or both"));
    }
}
