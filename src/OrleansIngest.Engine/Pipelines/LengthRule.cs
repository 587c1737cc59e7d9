namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the text of the value, as in the file, to have a number of characters (code points, as counted by
/// <c>char_length</c>) within an inclusive range.</summary>
public sealed class LengthRule : RowRuleOptions
{
    /// <summary>The fewest characters, or null for no bound. 0 or more. Default: null.</summary>
    public int? Minimum { get; set; }

    /// <summary>The most characters, or null for no bound. 0 or more. Default: null.</summary>
    public int? Maximum { get; set; }

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        if (Minimum is null && Maximum is null)
            problems.Add(new(path, "needs minimum, maximum or both"));
        else if (Minimum < 0 || Maximum < 0)
            problems.Add(new(path, "must have bounds of 0 or more"));
        else if (Minimum > Maximum)
            problems.Add(new($"{path}.maximum", "must not be less than minimum"));
    }
}
