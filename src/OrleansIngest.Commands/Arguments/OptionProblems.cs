using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Reports problems of a pipeline under the names of the options that set its properties: <c>--max-rejected</c> for
/// <c>maxRejected</c>.</summary>
static class OptionProblems
{
    /// <summary>Refuses a pipeline that has a problem with one of these options.</summary>
    /// <param name="pipeline">Has the values of the command line.</param>
    /// <param name="options">Names of options, such as <c>--whole-file</c>; problems of other properties are ignored.</param>
    /// <exception cref="CliException">The first problem, with the option's name.</exception>
    public static void Refuse(PipelineOptions pipeline, params IReadOnlyList<string> options)
    {
        foreach (var problem in pipeline.Validate(""))
        {
            var option = $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(problem.Path.TrimStart('.'))}";
            if (options.Contains(option)) throw CliException.Usage($"{option} {problem.Message}");
        }
    }
}
