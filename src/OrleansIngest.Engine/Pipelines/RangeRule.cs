namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the value, as a number, to be within an inclusive range.</summary>
public sealed class RangeRule : RowRuleOptions
{
    /// <summary>The smallest allowed number, or null for no bound. Default: null.</summary>
    public decimal? Minimum { get; set; }

    /// <summary>The largest allowed number, or null for no bound. Default: null.</summary>
    public decimal? Maximum { get; set; }

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        if (Minimum is null && Maximum is null)
            problems.Add(new(path, "needs minimum, maximum or both"));
        else if (Minimum > Maximum)
            problems.Add(new($"{path}.maximum", "must not be less than minimum"));
    }
}
