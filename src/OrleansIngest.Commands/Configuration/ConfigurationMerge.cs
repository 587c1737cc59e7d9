using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Combines the files of a configuration, and collects the problems of all of them.</summary>
sealed class ConfigurationMerge
{
    readonly ConfigurationTexts _texts;
    readonly List<string> _unreadable = [];
    readonly List<FileProblems> _files = [];
    readonly List<PipelineOptions> _merged = [];
    readonly bool _knowsDatabases = true;

    /// <summary>Reads and checks the texts.</summary>
    public ConfigurationMerge(ConfigurationTexts texts)
    {
        _texts = texts;
        var (main, hasParts) = (texts.Main, texts.Parts.Count > 0);
        var hasMain = texts.IsNamed || !main.IsMissing;
        Options = new IngestOptions { IsBuiltIn = !hasMain && !hasParts };
        var problems = hasMain ? Open(main) : null;
        if (problems is not null && IngestFile.Parse(problems) is { } options)
        {
            Options = options;
            _knowsDatabases = !problems.Concern("databases");
        }
        else if (hasMain)
        {
            (Options.Pipelines, _knowsDatabases) = ([], false);
        }

        Options.Pages.Root(texts.Directory);
        if (!hasParts || Options.NamesPipelines) Take(Options.Pipelines, main, problems);
        foreach (var part in texts.Parts)
        {
            if (Open(part) is not { } own || own.Read(IngestJson.Default.IngestPart) is not { } read) continue;
            own.Add(IngestOptions.Check(read.Pipelines));
            Take(read.Pipelines, part, own);
        }

        if (hasParts) Options.Pipelines = _merged;
    }

    /// <summary>The configuration, as far as it is valid.</summary>
    public IngestOptions Options { get; }

    /// <summary>What is wrong, a line each.</summary>
    public IEnumerable<string> Problems => [.. _unreadable, .. _files.SelectMany(file => file.Lines)];

    FileProblems? Open(ConfigurationText text)
    {
        if (text.Text is not { } json)
        {
            _unreadable.Add($"cannot read the configuration: {text.Problem ?? $"there is no file {text.Path}"}");
            return null;
        }

        _files.Add(new FileProblems(json, text.Name));
        return _files[^1];
    }

    /// <summary>Adds the pipelines of a file.</summary>
    /// <param name="pipelines">As they were read.</param>
    /// <param name="file">The file.</param>
    /// <param name="problems">Its problems; null for the built-in pipeline, which has no file.</param>
    void Take(IReadOnlyList<PipelineOptions> pipelines, ConfigurationText file, FileProblems? problems)
    {
        for (var i = 0; i < pipelines.Count; i++)
        {
            var (pipeline, path) = (pipelines[i], $"pipelines[{i}]");
            if (_knowsDatabases && NamedDatabases.Problem(pipeline, Options.Databases) is { } unknown)
                problems?.Add(new OptionProblem($"{path}.database", unknown));
            if (problems?.Concern($"{path}.name") != true)
            {
                if (Options.Origins.TryGetValue(pipeline.Name, out var other))
                    problems?.Add(new OptionProblem(
                        $"{path}.name", $"'{pipeline.Name}' is already the name of a pipeline in {other}"));
                else Options.Origins.Add(pipeline.Name, problems is null ? RunningPipeline.BuiltIn : file.Path);
            }

            if (problems?.Concern(path) != true)
            {
                IngestFile.Root(pipeline, _texts.Directory);
                // Checked again: one of two equal directories may have been relative, and the other absolute.
                problems?.Add(pipeline.Validate(path));
            }

            _merged.Add(pipeline);
        }
    }
}
