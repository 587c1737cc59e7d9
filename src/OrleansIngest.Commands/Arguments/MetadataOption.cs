using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Commands.Arguments;

/// <summary><c>--metadata</c>, as <c>load</c> and <c>check</c> take it.</summary>
static class MetadataOption
{
    /// <summary>A new option.</summary>
    public static Option<string[]> Create() => new("--metadata")
    {
        Description =
            "A column filled with data about the file and record, such as src_file={path}, src_line={line} or "
            + "day={name:orders-(\\d+)}; variables: path, name, folder, line, record, position, fileId, version, now; repeatable",
        HelpName = "COLUMN=TEMPLATE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds the columns of the command line to a pipeline's metadata, replacing those of the same name.</summary>
    /// <exception cref="CliException">A value is not valid metadata.</exception>
    public static void Apply(CliContext context, Option<string[]> option, PipelineOptions pipeline)
    {
        if (context.Get(option) is not { Length: > 0 } given) return;
        var metadata = new Dictionary<string, string>(pipeline.Metadata, StringComparer.Ordinal);
        foreach (var text in given)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw CliException.Usage($"--metadata must be COLUMN=TEMPLATE, such as src_file={{path}}, not '{text}'");
            metadata[text[..at].Trim()] = text[(at + 1)..];
        }

        var problems = new List<OptionProblem>();
        MetadataChecks.Check(metadata, "--metadata", problems);
        if (problems is [var first, ..])
            throw CliException.Usage(
                $"{first.Path.Replace("--metadata.", "--metadata ", StringComparison.Ordinal)} {first.Message}");
        pipeline.Metadata = metadata;
    }
}
