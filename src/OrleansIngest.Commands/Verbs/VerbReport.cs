using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>What a verb did, as <c>--json</c> prints it.</summary>
/// <param name="Items">One for each thing that was named, in their order.</param>
sealed record VerbReport(IReadOnlyList<VerbReportItem> Items)
{
    /// <summary>Prints it.</summary>
    /// <returns>Whether everything is as the operator wants it: the exit code.</returns>
    public int Print(CliContext context)
    {
        if (context.Json) context.WriteJson(this, ResultJson.Default.VerbReport);
        foreach (var item in context.Json ? [] : Items)
        {
            var writer = item.Outcome is "done" or "nothing" ? context.Output : context.Error;
            writer.WriteLine(SafeText.Of($"{item.Name} {item.Message}"));
        }

        if (!context.Json && Items.Count > 1 && Items.Any(i => i.Rows is not null))
            context.Output.WriteLine(
                $"in all: {Counted.Of(Items.Count(i => i.Rows is not null), "file")}, "
                    + $"{Counted.Of(Items.Sum(i => i.Rows ?? 0), "row")} removed");
        return Items.All(i => i.Outcome is "done" or "nothing") ? ExitCode.Done : ExitCode.Failed;
    }
}

/// <summary>What a verb did to one file or pipeline.</summary>
/// <param name="Name">As it was named: a path, a number, a pipeline.</param>
/// <param name="FileId">The file that the verb led to; null for a pipeline or an unknown file.</param>
/// <param name="Outcome"><c>done</c>, <c>nothing</c>, <c>refused</c> or <c>unknown</c>.</param>
/// <param name="Status">The file's status afterwards; null for a pipeline or an unknown file.</param>
/// <param name="Message">Human-readable, without its subject.</param>
/// <param name="Rows">Number of rows that are removed from the table; null for other verbs.</param>
sealed record VerbReportItem(string Name, long? FileId, string Outcome, string? Status, string Message, long? Rows)
{
    /// <summary>Of an answer.</summary>
    public static VerbReportItem Of(string name, VerbResult result) =>
        new(name, result.FileId?.Value, result.Outcome.ToString().ToLowerInvariant(), result.Status, result.Message, result.Rows);
}
