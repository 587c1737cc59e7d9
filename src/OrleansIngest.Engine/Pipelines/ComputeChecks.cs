namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates computed columns, as far as possible without a server.</summary>
public static class ComputeChecks
{
    /// <summary>Adds the problems to a list.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="path">The pipeline's path in the configuration.</param>
    /// <param name="problems">Receives the problems.</param>
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        foreach (var (column, expression) in options.Compute)
        {
            if (string.IsNullOrWhiteSpace(column)) problems.Add(new($"{path}.compute", "must not have an empty column name"));
            if (string.IsNullOrWhiteSpace(expression))
                problems.Add(new($"{path}.compute.{column}", "must be an SQL expression, such as price * quantity"));
            if (options.Metadata.ContainsKey(column))
                problems.Add(new($"{path}.compute.{column}", "is also filled by metadata; remove one of the two"));
        }

        var needs = options.Compute.Count > 0 ? "compute" : options.Rules.Any(rule => rule is FoundInRule) ? "rules" : null;
        if (needs is not null && (options.IsMerge || options.UsesStages))
        {
            problems.Add(new(
                $"{path}.{needs}",
                (needs == "compute" ? "computed columns work" : "a foundIn rule works")
                + " with write: append only, and not with wholeFile, maxRejected… or onChange: replace: "
                + "use a trigger or a generated column of the table instead"));
        }

        for (var i = 0; i < options.Rules.Count; i++)
        {
            if (options.Rules[i] is FoundInRule rule && options.Compute.ContainsKey(rule.Column))
                problems.Add(new($"{path}.rules[{i}].column", "must not be a computed column: use a foreign key of the table"));
        }
    }
}
