using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary><c>--encoding</c> and <c>--compression</c>, as <c>load</c>, <c>check</c> and <c>init</c> take them.</summary>
/// <param name="standard">The default, for the help.</param>
sealed class ContentOptions(string standard = "the pipeline's setting, else auto")
{
    readonly Option<string?> _encoding = new("--encoding")
    {
        Description = "Text encoding, such as utf-16, windows-1252, shift_jis, or auto. Default: " + standard,
        HelpName = "NAME",
    };

    readonly Option<string?> _compression = new("--compression")
    {
        Description = "Compression: auto, none, gzip, zstd, lz4, or br. Default: " + standard,
        HelpName = "KIND",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _encoding.Offer(() => ContentNames.Encodings);
        _compression.Offer(() => ContentNames.Compressions);
        command.Add(_encoding);
        command.Add(_compression);
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <exception cref="CliException">The encoding or the compression is unknown.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (context.Get(_encoding) is { } encoding) pipeline.Encoding = encoding;
        if (context.Get(_compression) is { } compression) pipeline.Compression = compression;
        OptionProblems.Refuse(pipeline, "--encoding", "--compression");
    }
}
