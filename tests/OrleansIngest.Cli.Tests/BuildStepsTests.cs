using OrleansIngest.Cli.Tests.Manual;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests;

/// <summary>What <c>./ingest</c> says while it builds.</summary>
public sealed class BuildStepsTests
{
    const string Log =
        """
          Determining projects to restore...
          Restored /clone/src/OrleansIngest.Engine/OrleansIngest.Engine.csproj (in 8 ms).
          Restored /clone/src/OrleansIngest.Cli/OrleansIngest.Cli.csproj (in 47 ms).
          OrleansIngest.Engine -> /clone/artifacts/bin/OrleansIngest.Engine/release/OrleansIngest.Engine.dll
          OrleansIngest.Native -> /clone/artifacts/bin/OrleansIngest.Native/release/ingest.dll
          Generating native code
          OrleansIngest.Native -> /clone/.ingest/app/1.2.native/

        """;

    [Fact]
    public async Task State_LogOfABuildAsItGrows_SaysHowFarItIs()
    {
        var lines = Log.Split('\n');
        var states = new List<string>();
        using var log = new TempDirectory();
        for (var count = 1; count <= 6; count++)
        {
            log.Write("log", string.Join('\n', lines[..count]) + "\n");
            states.Add((await RunAsync($"state '{log["log"]}' Native 2")).Trim());
        }

        states.ShouldBe([
            "fetching packages",
            "compiling, 0 of 2 projects done",
            "compiling, 0 of 2 projects done",
            "compiling, 1 of 2 projects done (the last: OrleansIngest.Engine)",
            "compiling to machine code and linking, the longest step",
            "compiling to machine code and linking, the longest step",
        ]);
    }

    [Fact]
    public async Task Projects_OfBothPrograms_AreAllThatTheyReference()
    {
        (await RunAsync("projects Native")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Order()
            .ShouldBe(["Commands", "EmbeddedPostgres", "Engine", "Generator", "Native"]);
        (await RunAsync("projects Cli")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Order()
            .ShouldBe(["Cli", "Commands", "EmbeddedPostgres", "Engine", "Generator", "Grains", "Monitor", "Silo"]);
    }

    /// <summary>Runs a command with the script's functions.</summary>
    static async Task<string> RunAsync(string command)
    {
        var script = await File.ReadAllTextAsync(Repository.Path("ingest"), TestContext.Current.CancellationToken);
        var functions = script[script.IndexOf("projects() {", StringComparison.Ordinal)..script.IndexOf("# say_state LOG",
            StringComparison.Ordinal)];
        return await ShellRun.AskAsync("sh", "", "-euc", $"root='{Repository.Path("")}'\nhome=/nowhere\n{functions}\n{command}");
    }
}
