namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates <see cref="PipelineOptions.Write"/> and its related options.</summary>
public static class WriteChecks
{
    /// <summary>Adds the problems.</summary>
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        Names(options.Key, $"{path}.key", problems);
        Names(options.UpdateColumns, $"{path}.updateColumns", problems);
        if (options.Key.Count > 0 && !options.IsMerge)
            problems.Add(new($"{path}.key", "needs write: upsert or insertNew; other modes have no key"));
        if (options.Write != WriteMode.Upsert)
        {
            if (options.UpdateColumns.Count > 0) problems.Add(new($"{path}.updateColumns", "needs write: upsert"));
            if (options.OnlyIfNewer is not null) problems.Add(new($"{path}.onlyIfNewer", "needs write: upsert"));
            return;
        }

        if (options.UpdateColumns.FirstOrDefault(options.Key.Contains) is { } both)
            problems.Add(new($"{path}.updateColumns",
                $"must not name '{both}', a column of the key: rows with another key are different rows"));
        if (options.OnlyIfNewer is not { } newer) return;
        if (string.IsNullOrWhiteSpace(newer))
            problems.Add(new($"{path}.onlyIfNewer", "must be the name of a column, such as updated_at"));
        else if (options.Key.Contains(newer))
            problems.Add(new($"{path}.onlyIfNewer", $"must not be '{newer}', a column of the key: it is the same in both rows"));
        else if (options.UpdateColumns.Count > 0 && !options.UpdateColumns.Contains(newer))
            problems.Add(new($"{path}.onlyIfNewer",
                $"must be one of updateColumns: otherwise updated rows would keep their old '{newer}'"));
    }

    static void Names(IReadOnlyList<string> names, string path, List<OptionProblem> problems)
    {
        if (names.Any(string.IsNullOrWhiteSpace)) problems.Add(new(path, "must not have an empty column name"));
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            problems.Add(new(path, $"names column '{twice.Key}' twice"));
    }
}
