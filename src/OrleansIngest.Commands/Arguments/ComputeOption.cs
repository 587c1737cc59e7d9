using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary><c>--compute</c>, as <c>load</c> and <c>check</c> take it.</summary>
static class ComputeOption
{
    /// <summary>A new option.</summary>
    public static Option<string[]> Create() => new("--compute")
    {
        Description = "A column computed by an SQL expression for each record, such as \"total=price * quantity\" or "
            + "\"email=lower(trim(email))\"; repeatable",
        HelpName = "COLUMN=EXPRESSION",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds the columns of the command line to a pipeline's computed columns,
    /// replacing those of the same name.</summary>
    /// <exception cref="CliException">A value is not a computed column.</exception>
    public static void Apply(CliContext context, Option<string[]> option, PipelineOptions pipeline)
    {
        if (context.Get(option) is not { Length: > 0 } given) return;
        var compute = new Dictionary<string, string>(pipeline.Compute, StringComparer.Ordinal);
        foreach (var text in given)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw CliException.Usage(
                $"--compute must be COLUMN=EXPRESSION, such as \"total=price * quantity\", not '{text}'");
            compute[text[..at].Trim()] = text[(at + 1)..].Trim();
        }

        pipeline.Compute = compute;
        var problems = new List<OptionProblem>();
        ComputeChecks.Check(pipeline, "--compute", problems);
        if (problems is [var first, ..])
        {
            var path = first.Path.Replace("--compute.compute", "--compute", StringComparison.Ordinal)
                .Replace("--compute.", "--compute ", StringComparison.Ordinal);
            throw CliException.Usage($"{path} {first.Message}");
        }
    }
}
