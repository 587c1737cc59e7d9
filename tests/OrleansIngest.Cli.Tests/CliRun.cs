using OrleansIngest.Cli.Shell;

namespace OrleansIngest.Cli.Tests;

/// <summary>One call of the program within the test's process.</summary>
sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static CliSurroundings Surroundings(string directory, params (string Name, string Value)[] environment) => new()
    {
        Output = new StringWriter(),
        Error = new StringWriter(),
        WorkingDirectory = directory,
        Environment = environment.ToDictionary(variable => variable.Name, variable => variable.Value),
    };

    public static Task<CliRun> InAsync(string directory, params string[] arguments) => WithAsync(Surroundings(directory), arguments);

    public static async Task<CliRun> WithAsync(CliSurroundings surroundings, params string[] arguments)
    {
        var exitCode = await IngestCli.RunAsync(arguments, surroundings, TestContext.Current.CancellationToken);
        return new CliRun(exitCode, surroundings.Output.ToString()!, surroundings.Error.ToString()!);
    }
}
