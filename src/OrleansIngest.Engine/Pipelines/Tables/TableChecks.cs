using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Engine.Pipelines.Tables;

/// <summary>Validates <c>table</c> and <c>createTable</c>.</summary>
static class TableChecks
{
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (options.CreateTable && options.IsMerge && options.Key.Count == 0)
            problems.Add(new($"{path}.key",
                "must name the key of the table that createTable creates, because rows are merged by key"));
        if (options.IsTemplate) Template(options, path, problems);
        else if (!IsTable(options.Table))
            problems.Add(new($"{path}.table", $"must be table or schema.table, not '{options.Table}'"));
    }

    static void Template(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        try
        {
            var template = TableTemplate.Parse(options.Table);
            var groups = options.Metadata.Values.SelectMany(GroupsOf).ToHashSet(StringComparer.Ordinal);
            if (template.Groups.FirstOrDefault(group => !groups.Contains(group)) is { } unknown)
            {
                problems.Add(new($"{path}.table",
                    $"has {{{unknown}}}, which is neither folder, name or path nor a named group of a regular expression here"));
            }
            else if (template.HasFolder && !options.Recursive
                && !options.Watch.Any(root => root.AsSpan().IndexOfAny("*?[{\\") >= 0))
            {
                problems.Add(new($"{path}.table",
                    "takes names from folders below the watched directory, which are only read with "
                    + "recursive: true, or a pattern in watch, such as in/*"));
            }
        }
        catch (FormatException failure)
        {
            problems.Add(new($"{path}.table", failure.Message));
        }

        if (options.Write == WriteMode.ReplaceTable)
        {
            problems.Add(new($"{path}.write",
                "replaceTable replaces the rows of one table, but table depends on the file: give each table its own pipeline"));
        }

        if (options.SameContent == SameContentPolicy.Skip)
            problems.Add(new($"{path}.sameContent",
                "must be load where table depends on the file, because the same content may belong to another table"));
    }

    static IEnumerable<string> GroupsOf(string template)
    {
        try
        {
            return [.. MetadataTemplate.Parse(template).Groups];
        }
        catch (FormatException)
        {
            return []; // reported by MetadataChecks
        }
    }

    static bool IsTable(string table)
    {
        var parts = table.Split('.');
        return parts.Length <= 2 && parts.All(part => !string.IsNullOrWhiteSpace(part) && part.Length < 64);
    }
}
