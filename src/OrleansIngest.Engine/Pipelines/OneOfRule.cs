namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the text of the value to be one of a list.</summary>
public sealed class OneOfRule : RowRuleOptions
{
    /// <summary>The allowed strings, compared byte by byte, so case matters. Default: none, at least one is required.</summary>
    public IReadOnlyList<string> Values { get; set; } = [];

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        if (Values.Count == 0)
            problems.Add(new($"{path}.values", "must list at least one value"));
    }
}
