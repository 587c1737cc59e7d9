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
    public async Task Steps_LogOfABuild_AreToldOnce()
    {
        var script = await File.ReadAllTextAsync(Repository.Path("ingest"), TestContext.Current.CancellationToken);
        var from = script.IndexOf("steps() {", StringComparison.Ordinal);
        var function = script[from..(script.IndexOf("\n}\n", from, StringComparison.Ordinal) + 3)];

        var said = await ShellRun.AskAsync("sh", Log, "-euc", function + "steps");

        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["looking for packages", "fetched packages", "compiled OrleansIngest.Engine", "compiled the program; the rest is its machine code, the longest step"]);
    }
}
