using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Views;
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
        var options = Deserialize(json, name, IngestJson.Default.IngestOptions);
        var problems = options.Validate();
        return problems.Count == 0 ? options : throw Wrong(problems, json, name);
    }

    /// <summary>Combines the texts into one configuration with the pipelines of all files.</summary>
    /// <exception cref="CliException">A file cannot be read or is invalid, or two files have a
    /// pipeline of the same name.</exception>
    internal static IngestOptions Understand(ConfigurationTexts texts)
    {
        var hasMain = texts.IsNamed || !texts.Main.IsMissing;
        var options = hasMain ? Parse(texts.Main.Required, texts.Main.Name)
            : new IngestOptions { IsBuiltIn = texts.Parts.Count == 0 };
        var own = texts.Parts.Count > 0 && !options.NamesPipelines ? [] : options.Pipelines;
        options.Pages.Root(texts.Directory);
        var merged = new List<PipelineOptions>();
        Take(own, hasMain ? texts.Main : null);
        foreach (var part in texts.Parts) Take(ParsePart(part), part);
        if (texts.Parts.Count > 0) options.Pipelines = merged;
        return options;

        void Take(IReadOnlyList<PipelineOptions> pipelines, ConfigurationText? file)
        {
            for (var i = 0; i < pipelines.Count; i++)
            {
                var (pipeline, path) = (pipelines[i], $"pipelines[{i}]");
                if (options.Origins.TryGetValue(pipeline.Name, out var other))
                    throw Wrong([new($"{path}.name", $"'{pipeline.Name}' is already the name of a pipeline in {other}")],
                        file!.Text!, file.Name);
                if (NamedDatabases.Problem(pipeline, options.Databases) is { } unknown)
                    throw Wrong([new($"{path}.database", unknown)], file!.Text!, file.Name);
                Root(pipeline, texts.Directory);
                // Checked again: one of two equal directories may have been relative, and the other absolute.
                if (pipeline.Validate(path) is { Count: > 0 } problems)
                    throw file is null ? CliException.Usage($"{problems[0]}") : Wrong(problems, file.Text!, file.Name);
                options.Origins.Add(pipeline.Name, file?.Path ?? RunningPipeline.BuiltIn);
                merged.Add(pipeline);
            }
        }
    }

    /// <summary>Makes the directories of a pipeline absolute.</summary>
    internal static void Root(PipelineOptions pipeline, string directory)
    {
        pipeline.Watch = [.. pipeline.Watch.Select(watched => Path.GetFullPath(watched, directory))];
        DisposalChecks.Root(pipeline, directory);
    }

    static IReadOnlyList<PipelineOptions> ParsePart(ConfigurationText part)
    {
        var pipelines = Deserialize(part.Required, part.Name, IngestJson.Default.IngestPart).Pipelines;
        var problems = new List<OptionProblem>();
        for (var i = 0; i < pipelines.Count; i++)
        {
            problems.AddRange(pipelines[i].Validate($"pipelines[{i}]"));
            for (var j = 0; j < i; j++)
            {
                if (pipelines[j].Name == pipelines[i].Name)
                    problems.Add(new($"pipelines[{i}].name", $"'{pipelines[i].Name}' is already the name of pipelines[{j}]"));
            }
        }

        return problems.Count == 0 ? pipelines : throw Wrong(problems, part.Text!, part.Name);
    }

    /// <summary>Parses a text as the given type.</summary>
    /// <exception cref="CliException">It is invalid; the message has the place.</exception>
    /// <param name="json">The text.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="type">The type.</param>
    /// <param name="hasPlaces">Whether messages name lines and columns: not of a text that the user has not written. Default:
    /// true.</param>
    internal static T Deserialize<T>(string json, string name, JsonTypeInfo<T> type, bool hasPlaces = true)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("must be an object");
        }
        catch (JsonException exception)
        {
            throw CliException.Usage(JsonProblem.Describe(exception, json, name, type, hasPlaces));
        }
        catch (NotSupportedException)
        {
            // The only error that the reader reports as unsupported: a rule without its kind.
            throw CliException.Usage($"{name}: each of rules needs {JsonProblem.RuleKinds}");
        }
    }

    /// <summary>The problems of a text, each with its place.</summary>
    internal static CliException Wrong(IEnumerable<OptionProblem> problems, string json, string name, bool hasPlaces = true) =>
        CliException.Usage(string.Join('\n', problems.Select(problem =>
        {
            if (!hasPlaces) return $"{name} {problem}";
            var (line, column) = JsonPlace.Find(json, problem.Path);
            return $"{name} line {line}, column {column}: {problem}";
        })));
}
