namespace OrleansIngest.Cli.Tests.Manual;

public sealed class ManCommandTests
{
    [Fact]
    public async Task Man_Page_HasEveryCommandAndOption()
    {
        var page = (await ShellRun.PrintedAsync("man")).Replace("\\-", "-", StringComparison.Ordinal);

        foreach (var command in ShellRun.Program.All)
        {
            if (command.Path.Length > 0) page.ShouldContain($".SS \"ingest {command.Path}");
            foreach (var option in command.Options) page.ShouldContain($".B {option.Usage}");
        }
    }

    [Fact]
    public async Task Man_Page_IsFormattedWithoutWarnings()
    {
        var shown = await ShellRun.AskAsync("groff", await ShellRun.PrintedAsync("man"), "-man", "-Tutf8", "-ww", "-P-c",
            "-rLL=200n");

        shown.ShouldNotContain("<standard input>"); // a complaint names it
        shown.ShouldContain("EXIT");
        shown.ShouldContain("Policy for loaded files");
    }
}
