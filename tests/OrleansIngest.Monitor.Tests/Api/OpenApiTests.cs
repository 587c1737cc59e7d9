using System.Net;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class OpenApiTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    static readonly string[] Contract =
    [
        "get /about", "get /overview", "get /pipelines", "get /pipelines/{name}", "get /pipelines/{name}/progress",
        "get /pipelines/{name}/status", "get /series", "get /files",
        "get /files/{id}", "get /rejects", "get /rejects/summary", "get /rejects/issues", "get /rejects/export", "get /nodes",
        "get /history", "get /history/compare", "get /alerts",
        "get /configuration", "get /live", "post /session", "delete /session", "post /pipelines/{name}/pause",
        "post /pipelines/{name}/resume", "post /files/{id}/retry",
        "get /files/counts", "post /files/bulk", "get /nodes/{name}", "get /alerts/mutes", "post /alerts/mutes",
        "delete /alerts/mutes/{id}", "post /alerts/{id}/acknowledge",
        "post /files/{id}/skip", "post /files/{id}/quarantine", "post /files/{id}/replay", "post /rejects/replay",
        "post /rejects/ignore", "post /rejects/reopen",
        "get /drops", "post /drops", "post /drops/path", "get /drops/{id}", "delete /drops/{id}", "post /drops/{id}/check",
        "post /drops/{id}/load", "get /rows", "get /rows/value",
    ];

    [Fact]
    public async Task Every_route_of_the_contract_is_described()
    {
        var described = Operations(await DocumentAsync()).Select(o => $"{o.Method} {o.Path["/api/v1".Length..]}").ToArray();

        Contract.ShouldBeSubsetOf(described);
        described.ShouldBeUnique();
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_a_tag_and_answers()
    {
        foreach (var (method, path, operation) in Operations(await DocumentAsync()))
        {
            operation.GetProperty("operationId").GetString().ShouldNotBeNullOrEmpty($"{method} {path}");
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty($"{method} {path}");
            operation.GetProperty("tags").GetArrayLength().ShouldBe(1, $"{method} {path}");
            operation.GetProperty("responses").EnumerateObject().Count().ShouldBeGreaterThanOrEqualTo(2, $"{method} {path}");
        }
    }

    [Fact]
    public async Task Described_parameters_are_those_that_are_understood()
    {
        using var client = fixture.Monitor.Client(MonitorProcess.OperatorToken); // a missing right is reported first
        foreach (var (method, path, operation) in Operations(await DocumentAsync())
            .Where(o => o.Method == "get" && o.Path != "/api/v1/about"))
        {
            var described = operation.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query")
                    .Select(p => p.GetProperty("name").GetString()!).Order().ToArray()
                : [];
            var real = path["/api/v1".Length..].Replace("{name}", "shop", StringComparison.Ordinal).Replace("{id}", "1",
                StringComparison.Ordinal);
            using var response = await client.GetAsync($"/api/v1{real}?nonsense=1", TestContext.Current.CancellationToken);
            var hint = (await Problem.OfAsync(response, HttpStatusCode.BadRequest)).ErrorsOf("nonsense").Single();

            var understood = hint.Contains("no parameters", StringComparison.Ordinal) ? []
                : hint[(hint.IndexOf("parameters are ", StringComparison.Ordinal) + 15)..].Split(", ");
            described.ShouldContain("database", $"{method} {path}"); // every route understands it, and no hint names it
            string.Join(", ", described.Where(name => name != "database")).ShouldBe(string.Join(", ", understood.Order()),
                $"{method} {path}");
        }
    }

    async Task<JsonElement> DocumentAsync() =>
        JsonSerializer.Deserialize<JsonElement>(await fixture.Monitor.Http.GetStringAsync("/openapi/v1.json",
            TestContext.Current.CancellationToken));

    static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(
            p => p.Value.EnumerateObject().Select(o => (o.Name, p.Name, o.Value)));
}
