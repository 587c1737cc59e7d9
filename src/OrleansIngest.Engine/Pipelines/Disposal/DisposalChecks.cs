namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>Validates the options for loaded and quarantined files.</summary>
public static class DisposalChecks
{
    /// <summary>Adds the problems to a list.</summary>
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (options.AfterLoad == AfterLoadPolicy.Archive) Place(options.ArchiveTo, options, $"{path}.archiveTo", problems);
        if (options.AfterQuarantine == AfterQuarantinePolicy.Move)
            Place(options.QuarantineTo, options, $"{path}.quarantineTo", problems);
        if (options.Compress != ArchiveCompression.None && options.AfterLoad != AfterLoadPolicy.Archive)
            problems.Add(new($"{path}.compress", "needs afterLoad: archive; only archived files are compressed"));
    }

    static void Place(string template, PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (ArchiveTemplate.Problem(template) is { } problem)
            problems.Add(new(path, problem));
        else if (ArchiveTemplate.FindsItsOwn(template, options.Watch, options.Recursive) is { } watched)
            problems.Add(
                new(path,
                    $"is in {watched}, which is watched{(options.Recursive ? " with its subdirectories" : "")}: the files "
                        + "would be discovered again; choose a directory outside it"));
    }

    /// <summary>Makes the destinations absolute.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="directory">Absolute path of the configuration file's directory.</param>
    public static void Root(PipelineOptions options, string directory)
    {
        if (options.AfterLoad == AfterLoadPolicy.Archive) options.ArchiveTo = Path.GetFullPath(options.ArchiveTo, directory);
        if (options.AfterQuarantine == AfterQuarantinePolicy.Move)
            options.QuarantineTo = Path.GetFullPath(options.QuarantineTo, directory);
    }
}
