using System.Net;
using System.Text.Json;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Monitor.Security;
using OrleansIngest.Silo;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Hosting;

public sealed class StartReportTests : IDisposable
{
    const string Token = "made-token-0123456789";

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Report_without_a_terminal_is_json_at_any_level_without_the_token_and_names_an_address_to_connect_to()
    {
        var said = Report(terminal: false, IPAddress.Any, "up", "--log-level", "error");

        var entries = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        entries.Select(e => e.GetProperty("@m").GetString()!.Split(' ')[0]).ShouldBe(["watching", "silo", "pages", "stopping"]);
        var pages = new Uri(entries[2].GetProperty("Pages").GetString()!);
        IPAddress.Parse(pages.Host).ShouldNotBe(IPAddress.Any);
        pages.Port.ShouldBe(8080);
        entries[2].GetProperty("KeptIn").GetString().ShouldBe(_temp[".ingest/token"]);
        said.ShouldNotContain(Token);
    }

    [Fact]
    public void Report_on_a_terminal_is_lines_with_a_link_that_signs_in()
    {
        var said = Report(terminal: true, IPAddress.Loopback, "up");

        said.ShouldContain("silo     127.0.0.1:11111\n");
        said.ShouldContain($"pages    http://127.0.0.1:8080/#token={Token}\n");
    }

    string Report(bool terminal, IPAddress bound, params string[] arguments)
    {
        var surroundings = CliRun.Surroundings(_temp.Path) with { ErrorIsTerminal = terminal };
        using var context = new CliContext(new IngestCli(AllCommands.Create()).CreateRoot(surroundings).Parse(arguments),
            surroundings);
        var report = new StartReport(context);
        report.Watching(new PipelineOptions { Name = "orders", Table = "shop.orders", Watch = ["/in"] });
        report.Silo(new SiloEndpoint(new IPEndPoint(IPAddress.Loopback, 11111)));
        report.Pages(new PagesConfiguration(null, null, null, new AccessTokens(Token, null), TokenIsMade: true,
            new HashSet<string>()), new IPEndPoint(bound, 8080));
        report.Stopping();
        return surroundings.Error.ToString()!;
    }
}
