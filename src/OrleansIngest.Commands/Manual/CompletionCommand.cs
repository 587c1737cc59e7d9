using System.CommandLine;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Manual;

/// <summary>Prints a script that completes command lines.</summary>
sealed class CompletionCommand : IngestCommand
{
    readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or powershell" };

    public CompletionCommand()
        : base(
            "completion",
            "Print a script that completes commands, options and their values in a shell.",
            "source <(ingest completion bash)                         # in ~/.bashrc; the same for zsh in ~/.zshrc",
            "ingest completion fish > ~/.config/fish/completions/ingest.fish",
            "ingest completion powershell | Out-String | Invoke-Expression")
    {
        _shell.AcceptOnlyFromAmong([.. CompletionScript.Shells]);
        Add(_shell);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.Output.Write(CompletionScript.For(context.Get(_shell)!, CommandInfo.Of(context.Root)));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>Prints the manual page.</summary>
sealed class ManCommand() : IngestCommand(
    "man",
    "Print the manual page, for man and groff.",
    "ingest man | man -l -                                     # read it",
    "ingest man > /usr/local/share/man/man1/ingest.1")
{
    /// <inheritdoc/>
    public override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ManPage.Write(CommandInfo.Of(context.Root), typeof(ManCommand).Assembly.GetName().Version!.ToString(3), context.Output);
        return Task.FromResult(ExitCode.Done);
    }
}
