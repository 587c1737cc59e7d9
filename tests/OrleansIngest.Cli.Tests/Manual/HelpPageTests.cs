using OrleansIngest.Cli.Commands;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Manual;

public sealed class HelpPageTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    public async Task Help_EachCommand_FitsTheTerminalAndHasItsOptions(int width)
    {
        foreach (var command in ShellRun.Program.All)
        {
            var surroundings = CliRun.Surroundings("/") with { OutputWidth = () => width };

            var run = await CliRun.WithAsync(AllCommands.Create(), surroundings,
                [.. command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

            var lines = run.Output.Split('\n');
            // Usage and examples are to be copied, and long words are not broken.
            lines.TakeWhile(line => line != "Examples:")
                .Where(line => line.Length > width && line.TrimStart().Contains(' ', StringComparison.Ordinal)
                    && !line.StartsWith("  ingest", StringComparison.Ordinal))
                .ShouldBeEmpty(command.Path);
            foreach (var option in command.Options.Concat(command.Global))
                lines.ShouldContain(line => line.StartsWith($"  {option.Usage}", StringComparison.Ordinal), option.Name);
        }
    }

    [Fact]
    public async Task Help_Program_GroupsCommands()
    {
        var run = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings("/"), "--help");

        run.Output.Split('\n').Where(line => line.EndsWith(':') && !line.StartsWith(' ')).ShouldBe(
            ["Usage:", "Load:", "Inspect:", "Operate:", "Set up:", "Options of every command:", "Examples:"]);
    }
}
