using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The configuration file.</summary>
public static class IngestFile
{
    /// <summary>Its name, looked for in the working directory when <c>--config</c> is not given.</summary>
    public const string DefaultName = "ingest.json";

    /// <summary>Reads and checks the configuration; relative directories in it become absolute.</summary>
    /// <param name="path">From <c>--config</c>; null for <see cref="DefaultName"/> if it exists, else the defaults.</param>
    /// <param name="workingDirectory">Absolute; what <paramref name="path"/> is relative to.</param>
    /// <exception cref="CliException">The file cannot be read or says something wrong; the message lists every problem.</exception>
    public static IngestOptions Load(string? path, string workingDirectory)
    {
        var full = Path.GetFullPath(path ?? DefaultName, workingDirectory);
        if (path is null && !File.Exists(full))
            return Rooted(new IngestOptions { IsBuiltIn = true }, workingDirectory);
        var options = Parse(Read(full), Path.GetRelativePath(workingDirectory, full));
        return Rooted(options, Path.GetDirectoryName(full)!);
    }

    /// <summary>Reads and checks the text of a configuration.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="CliException">The text says something wrong; the message lists every problem.</exception>
    public static IngestOptions Parse(string json, string name)
    {
        IngestOptions options;
        try
        {
            options = JsonSerializer.Deserialize(json, IngestJson.Default.IngestOptions) ?? throw new JsonException("must be an object");
        }
        catch (JsonException exception)
        {
            throw CliException.Usage(JsonProblem.Describe(exception, json, name));
        }
        catch (NotSupportedException)
        {
            // The only thing in this file that the reader calls unsupported: a rule that does not say which rule it is.
            throw CliException.Usage($"{name}: each of rules needs \"rule\": one of required, oneOf, range, timeRange");
        }

        var problems = options.Validate();
        return problems.Count == 0
            ? options
            : throw CliException.Usage(string.Join('\n', problems.Select(problem => $"{name}: {problem}")));
    }

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"cannot read the configuration: {exception.Message}");
        }
    }

    static IngestOptions Rooted(IngestOptions options, string directory)
    {
        foreach (var pipeline in options.Pipelines)
        {
            pipeline.Watch = [.. pipeline.Watch.Select(watched => Path.GetFullPath(watched, directory))];
            DisposalChecks.Root(pipeline, directory);
        }

        // Once more: one of the two may have been relative, and the other not.
        if (options.Validate() is [var problem, ..]) throw CliException.Usage($"{DefaultName}: {problem}");
        return options;
    }
}
