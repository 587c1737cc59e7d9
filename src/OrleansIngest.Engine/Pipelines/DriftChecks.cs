namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates the options for files that differ from their table.</summary>
public static class DriftChecks
{
    /// <summary>Adds the problems.</summary>
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        var rescues = options.ExtraColumns == ExtraColumnPolicy.Rescue;
        if (options.RescueColumn is not { } column)
        {
            if (rescues) problems.Add(new($"{path}.extraColumns",
                "rescue needs rescueColumn, a jsonb column of the table, such as rescued"));
            return;
        }

        if (string.IsNullOrWhiteSpace(column))
            problems.Add(new($"{path}.rescueColumn", "must be the name of a jsonb column of the table"));
        if (!rescues) problems.Add(new($"{path}.rescueColumn", "needs extraColumns: rescue"));
        var other = options.Metadata.ContainsKey(column) ? "metadata"
            : options.Compute.ContainsKey(column) ? "compute"
            : options.Columns.Values.Contains(column) ? "columns"
            : options.Key.Contains(column) ? "key"
            : options.OnlyIfNewer == column ? "onlyIfNewer" : null;
        if (other is not null) problems.Add(new($"{path}.rescueColumn",
            $"must not be '{column}', which {other} names: it is reserved for fields without a column"));
    }
}
