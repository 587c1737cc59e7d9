namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the value, as an instant, to be plausible: not too old, and not in the future.</summary>
public sealed class TimeRangeRule : RowRuleOptions
{
    /// <summary>The earliest allowed instant, or null for no bound. Default: null.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>How far the value may lie ahead of the time when loading the file began, such as <c>1d</c>; null for no bound.
    /// 0 to 3650 d. Default: null.</summary>
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
