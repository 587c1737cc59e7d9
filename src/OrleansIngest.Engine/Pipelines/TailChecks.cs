using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates <c>tail: true</c>: it requires records that are lines of plain text, rows that are committed batch by
/// batch, and files that stay in place.</summary>
static class TailChecks
{
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (!options.Tail)
        {
            if (options.TailIdle != new PipelineOptions().TailIdle)
                problems.Add(new($"{path}.tailIdle",
                    "needs tail: true; it sets how long a file is followed after its last line"));
            return;
        }

        if ((AppendChecks.WhyNot(options, "tail") ?? WhyNot(options)) is { } why) problems.Add(new($"{path}.tail", why));
    }

    static string? WhyNot(PipelineOptions options)
    {
        if (options.OnChange is not (ChangePolicy.NewVersion or ChangePolicy.Append))
        {
            return $"tail does not work with onChange: {PipelineJson.NameOf(options.OnChange)}: a file that has grown is "
                + "continued from its old end, and one that was truncated or replaced is another file";
        }

        if (options.OnRewrite == RewritePolicy.Replace)
            return "tail does not work with onRewrite: replace: a file that was truncated or replaced is another file, and the "
                + "rows of the earlier one stay";
        if (options.Sentinel is not null) return "tail does not work with a sentinel, which marks a complete file";
        if (options.SameContent == SameContentPolicy.Skip)
            return "tail does not work with sameContent: skip: the content of a file that grows is not known before its rows are "
                + "in the table";
        return options.AfterQuarantine != AfterQuarantinePolicy.Keep
            ? "tail needs afterQuarantine: keep: a file that was moved no longer receives what its writer appends"
            : null;
    }
}
