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

    /// <summary>A linker that is killed leaves an empty program that is newer than its sources.</summary>
    [Fact]
    public async Task Publish_AfterABuildThatWasKilled_UsesNothingOfIt()
    {
        using var clone = new TempDirectory();
        clone.Write("dotnet", """
            #!/bin/sh
            if [ -n "$KILL" ]; then mkdir -p "$HALF"; : >"$HALF/ingest"; kill -9 "$PPID"; exit; fi
            if [ -e "$HALF/ingest" ]; then echo used; exit; fi
            mkdir -p "$HALF"; echo whole >"$HALF/ingest"

            """);
        var run = $"""
            chmod +x '{clone["dotnet"]}'
            HALF='{clone["build/bin/native"]}'; export HALF
            say_state() ( : )
            dotnet='{clone["dotnet"]}'; id=1.native; mkdir -p "$home/app"

            """;
        await RunAsync(run + "(KILL=1; export KILL; publish Native) || :", clone[""]);
        File.Exists(clone["build/unfinished"]).ShouldBeTrue();

        await RunAsync(run + "publish Native; cp \"$home/build-Native.log\" \"$home/second\"; publish Native", clone[""]);

        (await File.ReadAllTextAsync(clone["second"], TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await File.ReadAllTextAsync(clone["build-Native.log"], TestContext.Current.CancellationToken)).ShouldBe("used\n");
    }

    [Theory]
    [InlineData("printf x >P; chmod +x P", "current")]
    [InlineData(": >P; chmod +x P", "stale")]
    [InlineData("printf x >P", "stale")]
    [InlineData(":", "stale")]
    public async Task IsCurrent_ProgramThatCannotBeStarted_IsNot(string make, string expected)
    {
        using var clone = new TempDirectory();
        var program = clone["app/1.native/ingest"];
        var answer = await RunAsync($"""
            root=$home; mkdir -p "$home/app/1.native"; echo 1.native >"$home/app/native"
            {make.Replace("P", $"'{program}'", StringComparison.Ordinal)}
            if is_current native; then echo current; else echo stale; fi
            """, clone[""]);
        answer.Trim().ShouldBe(expected);
    }

    /// <summary>Runs a command with the script's functions that build, and a folder for what they build.</summary>
    static async Task<string> RunAsync(string command, string home = "/nowhere")
    {
        var script = await File.ReadAllTextAsync(Repository.Path("ingest"), TestContext.Current.CancellationToken);
        var functions = script[script.IndexOf("is_current() {", StringComparison.Ordinal)..script.IndexOf("publish_complete() {",
            StringComparison.Ordinal)];
        return await ShellRun.AskAsync("sh", "", "-euc", $"root='{Repository.Path("")}'\nhome='{home}'\n{functions}\n{command}");
    }
}
