using System.Diagnostics;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Manual;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Manual;

/// <summary>Other programs, which read what this one prints.</summary>
static class ShellRun
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The program with all its commands.</summary>
    public static CommandInfo Program { get; } = CommandInfo.Of(
        new IngestCli(AllCommands.Create()).CreateRoot(CliRun.Surroundings("/")));

    /// <summary>What the complete program prints.</summary>
    public static async Task<string> PrintedAsync(params string[] arguments)
    {
        var run = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings("/"), arguments);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        return run.Output;
    }

    /// <summary>Gives a program a text; skips the test where there is no such program.</summary>
    /// <returns>What it says on both of its outputs.</returns>
    public static async Task<string> AskAsync(string program, string input, params string[] arguments)
    {
        var found = Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));
        Assert.SkipUnless(found, $"{program} is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return await output + await error;
    }
}
