using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Manual;

/// <summary>The scripts in the shells that they are for.</summary>
public sealed class CompletionCommandTests
{
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public async Task Completion_Shell_KnowsEveryCommandAndOption(string shell)
    {
        var script = await ShellRun.PrintedAsync("completion", shell);

        foreach (var command in ShellRun.Program.All)
        {
            if (command.Path.Length > 0) script.ShouldContain(command.Path);
            foreach (var option in command.Options)
                script.ShouldContain(shell == "fish" ? $" -l {option.Name[2..]}" : option.Name);
        }
    }

    [Theory]
    [InlineData("lo", "load")]
    [InlineData("load --wri", "--write")]
    [InlineData("load --write ", "append insertNew replaceTable upsert")]
    [InlineData("load --write = up", "upsert")]
    [InlineData("load x.csv --table pipeline --on", "--on-change --on-rewrite --one-transaction --only-if-newer")]
    [InlineData("--log-level w", "warn")]
    [InlineData("pipeline ", "add edit history list remove")]
    [InlineData("pipeline remove --w", "--why")]
    [InlineData("files --status qu", "quarantined")]
    [InlineData("files --status failed,qu", "failed,quarantined")]
    [InlineData("replay --status = failed,quarantined,lo", "failed,quarantined,loaded failed,quarantined,loaded-with-rejects "
        + "failed,quarantined,loading")]
    [InlineData("history --kind node,operator.p", "node,operator.pause")]
    [InlineData("load --write append,up", "")] // one value only
    [InlineData("retry --state fa", "failed")]
    [InlineData("replay --status fa", "failed")]
    [InlineData("alerts mute --rule q", "quarantined")]
    [InlineData("load --encoding shift", "shift_jis")]
    [InlineData("init --compression z", "zstd")]
    [InlineData("history --kind operator.p", "operator.pause")]
    [InlineData("rejects --reason bad", "bad_value")]
    [InlineData("replay --reason bad", "bad_value")]
    [InlineData("load some/fi", "")]
    [InlineData("load --table ", "")]
    public async Task Completion_Bash_OffersWhatFits(string line, string expected)
    {
        var words = string.Join(' ', line.Split(' ').Select(word => $"'{word}'"));

        var said = await ShellRun.AskAsync(
            "bash", await ShellRun.PrintedAsync("completion", "bash")
                + $"\nCOMP_WORDS=(ingest {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _ingest; echo \"${{COMPREPLY[*]}}\"",
                "--norc");

        string.Join(' ', said.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData("ingest lo", "load")]
    [InlineData("ingest files --status failed,qu", "failed,quarantined")]
    [InlineData("ingest files --status=failed,qu", "--status=failed,quarantined")]
    [InlineData("ingest load --write ", "append insertNew replaceTable upsert")]
    [InlineData("ingest load x.csv --table pipeline --on-", "--on-change --on-rewrite")]
    [InlineData("ingest pipeline ", "add edit history list remove")]
    public async Task Completion_Fish_OffersWhatFits(string line, string expected)
    {
        var said = await ShellRun.AskAsync("fish", $"{await ShellRun.PrintedAsync("completion", "fish")}\ncomplete -C '{line}'",
            "--no-config");

        string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(offer => offer.Split('\t')[0])
            .Order(StringComparer.Ordinal)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("bsh", "SHELL must be one of bash, fish, powershell, zsh, not 'bsh'; did you mean bash?")]
    [InlineData(null, "SHELL is missing: ingest completion SHELL")]
    public async Task Completion_UnknownShell_IsRefusedWithTheKnownOnes(string? shell, string expected)
    {
        string[] arguments = shell is null ? ["completion"] : ["completion", shell];

        var run = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings("/"), arguments);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.Split('\n')[0].ShouldBe($"ingest: {expected}");
    }

    [Fact]
    public async Task Completion_Zsh_IsReadWithoutComplaint() =>
        (await ShellRun.AskAsync("zsh",
            $"autoload -U compinit; compinit -D\n{await ShellRun.PrintedAsync("completion", "zsh")}\necho ${{_comps[ingest]}}",
            "-f"))
            .Trim().ShouldBe("_ingest");

    [Fact]
    public async Task Completion_PowerShell_OffersWhatFits() =>
        (await ShellRun.AskAsync(
            "pwsh", await ShellRun.PrintedAsync("completion", "powershell")
                + "\n(TabExpansion2 'ingest load --write up' 22).CompletionMatches.CompletionText\n", "-NoProfile",
                "-Command", "-"))
            .Trim().ShouldBe("upsert");
}
