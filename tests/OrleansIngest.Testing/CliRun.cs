using System.Diagnostics;
using OrleansIngest.Commands;
using OrleansIngest.Commands.Shell;
using Xunit;

namespace OrleansIngest.Testing;

/// <summary>One call of the program: within the test's process, or, for the standalone commands when <c>INGEST_NATIVE_PROGRAM</c>
/// names the program that is compiled ahead of time, as that. So the tests of the commands are tests of both.</summary>
sealed record CliRun(int ExitCode, string Output, string Error)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The program to run; null for this process.</summary>
    static string? Program => Environment.GetEnvironmentVariable("INGEST_NATIVE_PROGRAM") is { Length: > 0 } path ? path : null;

    public static CliSurroundings Surroundings(string directory, params (string Name, string Value)[] environment) => new()
    {
        Output = new StringWriter(),
        Error = new StringWriter(),
        WorkingDirectory = directory,
        Environment = environment.ToDictionary(variable => variable.Name, variable => variable.Value),
    };

    public static Task<CliRun> InAsync(string directory, params string[] arguments) =>
        WithAsync(Surroundings(directory), arguments);

    public static Task<CliRun> WithAsync(CliSurroundings surroundings, params string[] arguments) =>
        Program is { } program && surroundings.Time == TimeProvider.System
            ? AsProcessAsync(program, surroundings, arguments)
            : WithAsync(StandaloneCommands.Create(), surroundings, arguments);

    public static async Task<CliRun> WithAsync(IReadOnlyList<IngestCommand> commands, CliSurroundings surroundings,
        params string[] arguments)
    {
        var exitCode = await new IngestCli(commands).RunAsync(arguments, surroundings, TestContext.Current.CancellationToken);
        return new CliRun(exitCode, surroundings.Output.ToString()!, surroundings.Error.ToString()!);
    }

    static async Task<CliRun> AsProcessAsync(string program, CliSurroundings surroundings, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = surroundings.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] kept = ["PATH", "HOME", "LANG"];
        foreach (var name in start.Environment.Keys.Except(kept).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in surroundings.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return new CliRun(process.ExitCode, await output, await error);
    }
}
