namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates <c>bulk</c>: it requires a single table, files with an end, and rows that are not found by an
/// index.</summary>
static class BulkChecks
{
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (options.Bulk is null or BulkPolicy.Off) return;
        if (WhyNot(options) is { } why) problems.Add(new($"{path}.bulk", why));
    }

    /// <summary>Why the indexes of a pipeline's table cannot be dropped while files are loaded; null if they can.</summary>
    public static string? WhyNot(PipelineOptions options)
    {
        if (options.IsTemplate) return "works with one table, not with a table that depends on the file";
        if (options.Tail) return "does not work with tail: true: files that are followed have no end";
        if (options.Write == WriteMode.ReplaceTable)
        {
            return "does not work with write: replaceTable: readers of the old rows need the indexes until the new rows replace "
                + "them";
        }
        var replaces = options.OnChange == ChangePolicy.Replace
            || (options.OnChange == ChangePolicy.Append && options.OnRewrite == RewritePolicy.Replace);
        return replaces
            ? "does not work with onChange: replace or onRewrite: replace: old rows are found by an index"
            : null;
    }
}
