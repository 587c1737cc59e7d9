using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Commands.Arguments;

/// <summary>What <c>load</c> does to its files afterwards.</summary>
sealed class DisposalOptions
{
    readonly Option<string?> _afterLoad = new("--after-load")
    {
        Description = "Policy for loaded files: keep, archive or delete. Default: the pipeline's setting, else keep",
        HelpName = "WHAT",
    };

    readonly Option<string?> _archiveTo = new("--archive-to")
    {
        Description =
            $"Destination of archived files, relative to the working directory; variables: {ArchiveTemplate.Variables}. Default: "
                + $"the pipeline's setting, else done/{{yyyy}}/{{MM}}/{{name}}",
        HelpName = "PATH",
    };

    readonly Option<bool> _compress = new("--compress-archive") { Description = "Compress archived files with gzip" };

    readonly Option<string?> _afterQuarantine = new("--after-quarantine")
    {
        Description =
            "Policy for quarantined files: keep, or move (to the pipeline's quarantineTo, else quarantined/{name}). Default: the "
                + "pipeline's setting, else keep",
        HelpName = "WHAT",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _afterLoad.AcceptOnlyFromAmong("keep", "archive", "delete");
        _afterQuarantine.AcceptOnlyFromAmong("keep", "move");
        command.Add(_afterLoad);
        command.Add(_archiveTo);
        command.Add(_compress);
        command.Add(_afterQuarantine);
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <exception cref="CliException">The options are invalid.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (context.Get(_afterLoad) is { } afterLoad)
        {
            pipeline.AfterLoad = Enum.Parse<AfterLoadPolicy>(afterLoad, ignoreCase: true);
            if (pipeline.AfterLoad != AfterLoadPolicy.Archive) pipeline.Compress = ArchiveCompression.None;
        }

        if (context.Get(_afterQuarantine) is { } afterQuarantine)
            pipeline.AfterQuarantine = Enum.Parse<AfterQuarantinePolicy>(afterQuarantine, ignoreCase: true);
        if (context.Get(_archiveTo) is { } place)
        {
            if (pipeline.AfterLoad != AfterLoadPolicy.Archive)
                throw CliException.Usage("--archive-to needs --after-load archive");
            if (ArchiveTemplate.Problem(place) is { } problem) throw CliException.Usage($"--archive-to {problem}");
            pipeline.ArchiveTo = place;
        }

        if (context.Get(_compress))
        {
            if (pipeline.AfterLoad != AfterLoadPolicy.Archive)
                throw CliException.Usage("--compress-archive needs --after-load archive");
            pipeline.Compress = ArchiveCompression.Gzip;
        }

        DisposalChecks.Root(pipeline, context.FullPath("."));
    }
}
