namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates a pipeline's options.</summary>
static class PipelineChecks
{
    public static List<OptionProblem> Check(PipelineOptions options, string path)
    {
        var problems = new List<OptionProblem>();
        OptionChecks.Ranges(options, path, problems);
        if (!IsName(options.Name))
            problems.Add(new($"{path}.name", $"must be 1 to 63 characters, each a-z, 0-9, _ or -, not '{options.Name}'"));
        if (options.Database is { } database && !IsName(database))
            problems.Add(new($"{path}.database",
                $"must be a name from databases: 1 to 63 characters, each a-z, 0-9, _ or -, not "
                    + $"{(database.Contains("://", StringComparison.Ordinal) ? "a URL" : $"'{database}'")}"));
        if (options.Watch.Count == 0 || options.Watch.Any(string.IsNullOrWhiteSpace))
            problems.Add(new($"{path}.watch", "must list at least one directory, none of them empty"));
        Tables.TableChecks.Check(options, path, problems);
        Globs(options.Include, $"{path}.include", problems);
        Globs(options.Exclude, $"{path}.exclude", problems);
        if (options.Sentinel is { } sentinel && (sentinel.Length < 2 || sentinel[0] != '.' || sentinel.Contains('/')))
            problems.Add(new($"{path}.sentinel", $"must be a suffix such as .done, not '{sentinel}'"));
        if (options.RetryMaxDelay < options.RetryInitialDelay)
            problems.Add(new($"{path}.retryMaxDelay", "must not be less than retryInitialDelay"));
        if (options.Encoding != "auto" && TextEncoding.Find(options.Encoding) is null)
            problems.Add(new($"{path}.encoding", $"must be auto or one of: {TextEncoding.Names}; not '{options.Encoding}'"));
        if (!CompressionKinds.Names.Contains(options.Compression))
            problems.Add(new($"{path}.compression",
                $"must be one of: {string.Join(", ", CompressionKinds.Names)}; not '{options.Compression}'"));
        Columns(options, path, problems);
        WriteChecks.Check(options, path, problems);
        DriftChecks.Check(options, path, problems);
        StagingChecks.Check(options, path, problems);
        AppendChecks.Check(options, path, problems);
        TailChecks.Check(options, path, problems);
        BulkChecks.Check(options, path, problems);
        Metadata.MetadataChecks.Check(options.Metadata, $"{path}.metadata", problems);
        Disposal.DisposalChecks.Check(options, path, problems);
        ComputeChecks.Check(options, path, problems);
        options.Csv.Validate($"{path}.csv", problems);
        options.Json.Validate($"{path}.json", problems);
        options.Fixed.Validate($"{path}.fixed", problems);
        options.Excel.Validate($"{path}.excel", problems);
        if (options.Format == InputFormat.Fixed && options.Fixed.Columns.Count == 0)
            problems.Add(new($"{path}.fixed.columns", "must give the positions of the fields when format is fixed"));
        options.Expect?.Validate($"{path}.expect", problems);
        options.Alerts.Validate($"{path}.alerts", problems);
        for (var i = 0; i < options.Rules.Count; i++)
            options.Rules[i].Validate($"{path}.rules[{i}]", problems);
        return problems;
    }

    static void Columns(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        foreach (var (header, column) in options.Columns)
        {
            if (string.IsNullOrWhiteSpace(header) || string.IsNullOrWhiteSpace(column))
                problems.Add(new($"{path}.columns", "must not have an empty header or column name"));
        }

        foreach (var twice in options.Columns.Values.GroupBy(column => column,
            StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Add(new($"{path}.columns", $"names column '{twice.Key}' twice"));
    }

    static void Globs(IReadOnlyList<string> globs, string path, List<OptionProblem> problems)
    {
        if (globs.Any(string.IsNullOrWhiteSpace))
            problems.Add(new(path, "must not have an empty pattern"));
    }

    /// <summary>Whether a text is a valid name of a pipeline or a database.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and < 64 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-');
}
