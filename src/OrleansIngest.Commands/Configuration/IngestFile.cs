using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The configuration file, and the directory of further ones.</summary>
public static class IngestFile
{
    /// <summary>Its name, looked for in the working directory when <c>--config</c> is not given.</summary>
    public const string DefaultName = "ingest.json";

    /// <summary>Reads and checks the configuration; relative directories in it become absolute.</summary>
    /// <param name="path">From <c>--config</c>; null for <see cref="DefaultName"/> if it exists, else the defaults.</param>
    /// <param name="workingDirectory">Absolute; what <paramref name="path"/> is relative to.</param>
    /// <exception cref="CliException">A file cannot be read or is invalid; the message lists every problem.</exception>
    public static IngestOptions Load(string? path, string workingDirectory) =>
        Understand(ConfigurationTexts.Read(path, workingDirectory));

    /// <summary>Reads and checks the text of a configuration.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="CliException">The text is invalid; the message lists every problem.</exception>
    public static IngestOptions Parse(string json, string name)
    {
        var problems = new FileProblems(json, name);
        var options = Parse(problems);
        problems.Refuse();
        return options!;
    }

    /// <summary>Combines the texts into one configuration with the pipelines of all files.</summary>
    /// <exception cref="CliException">Files cannot be read or are invalid, or have pipelines of the same name; the message lists
    /// every problem of all files.</exception>
    internal static IngestOptions Understand(ConfigurationTexts texts)
    {
        var merge = new ConfigurationMerge(texts);
        FileProblems.Refuse(merge.Problems);
        return merge.Options;
    }

    /// <summary>Reads and checks the text of <c>ingest.json</c>.</summary>
    internal static IngestOptions? Parse(FileProblems problems)
    {
        var options = problems.Read(IngestJson.Default.IngestOptions);
        if (options is not null) problems.Add(options.Validate());
        return options;
    }

    /// <summary>Makes the directories of a pipeline absolute.</summary>
    internal static void Root(PipelineOptions pipeline, string directory)
    {
        pipeline.Watch = [.. pipeline.Watch.Select(watched => Path.GetFullPath(watched, directory))];
        DisposalChecks.Root(pipeline, directory);
    }
}
