using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Alerts that are acknowledged and muted, and nodes, over HTTP.</summary>
public sealed class AlertTests : OperatorTest
{
    [Fact]
    public async Task Alert_IsAcknowledgedAndSaysSoEverywhere()
    {
        var id = (await Monitor.GetAsync("/alerts?state=firing")).GetProperty("items").EnumerateArray()
            .First(a => a.GetProperty("rule").GetString() == "quarantined").GetProperty("id").GetInt64();

        using var done = await Operator.PostAsJsonAsync($"/api/v1/alerts/{id}/acknowledge", new { reason = "asked" }, Stop);
        using var unknown = await Operator.PostAsync("/api/v1/alerts/4711/acknowledge", null, Stop);

        done.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Problem.OfAsync(unknown, HttpStatusCode.NotFound);
        var alert = (await Monitor.GetAsync("/alerts?state=firing")).GetProperty("items").EnumerateArray().Single(
            a => a.GetProperty("id").GetInt64() == id);
        alert.GetProperty("acknowledgedBy").GetString().ShouldBe("operator (http, 127.0.0.1)");
        alert.GetProperty("acknowledgedWhy").GetString().ShouldBe("asked");
        var needs = (await Monitor.GetAsync("/overview")).GetProperty("needsAttention").EnumerateArray().ToList();
        var quiet = needs.FindIndex(n => n.GetProperty("acknowledgedBy").ValueKind == JsonValueKind.String);
        needs[quiet].GetProperty("alertId").GetInt64().ShouldBe(id);
        quiet.ShouldBe(needs.Count - 1, "what somebody takes care of comes last");
    }

    [Fact]
    public async Task Mute_IsListedShownOnItsAlertsAndEnded()
    {
        using var response = await Operator.PostAsJsonAsync(
            "/api/v1/alerts/mutes", new { @for = "8h", rule = "quarantined", pipeline = "shop", reason = "known" }, Stop);
        var mute = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Stop));

        (await Monitor.GetAsync("/alerts/mutes")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("reason").GetString().ShouldBe("known");
        (await MutedAsync()).ShouldBe(["quarantined"]);
        using var unmuted = await Operator.DeleteAsync($"/api/v1/alerts/mutes/{mute.GetProperty("id").GetInt64()}", Stop);
        unmuted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await MutedAsync()).ShouldBeEmpty();
        (await Monitor.GetAsync("/history?kind=operator.mute,operator.unmute")).GetProperty("items").EnumerateArray()
            .Select(h => h.GetProperty("kind").GetString()).ShouldBe(["operator.unmute", "operator.mute"]);
    }

    [Theory]
    [InlineData("""{}""", "for")]
    [InlineData("""{"for":"8"}""", "for")]
    [InlineData("""{"for":"0"}""", "for")]
    [InlineData("""{"for":"400d"}""", "for")]
    [InlineData("""{"for":"8h","rule":"loud"}""", "rule")]
    public async Task Mute_OfNobodyKnowsWhat_IsRefused(string body, string parameter)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Operator.PostAsync("/api/v1/alerts/mutes", content, Stop);

        (await Problem.OfAsync(response, HttpStatusCode.BadRequest)).ErrorsOf(parameter).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Mute_OfAPipelineThatNobodyKnowsOrWithoutTheToken_IsRefused()
    {
        using var unknown = await Operator.PostAsJsonAsync("/api/v1/alerts/mutes", new { @for = "8h", pipeline = "tset" }, Stop);
        using var stranger = Monitor.Client("somebody-elses-token-0123");
        using var anybody = await stranger.PostAsJsonAsync("/api/v1/alerts/mutes", new { @for = "8h" }, Stop);

        await Problem.OfAsync(unknown, HttpStatusCode.NotFound);
        anybody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ledger.ScalarAsync<long>("SELECT count(*) FROM ingest.alert_mute")).ShouldBe(0);
    }

    [Fact]
    public async Task Node_HasItsWorkAndItsEvents()
    {
        await Ledger.ExecuteAsync("UPDATE ingest.node SET started_at = now() - interval '1 h'");

        var node = await Monitor.GetAsync("/nodes/silo-1");

        node.GetProperty("node").GetProperty("state").GetString().ShouldBe("alive");
        node.GetProperty("files").GetArrayLength().ShouldBe(20);
        node.GetProperty("series").GetProperty("batches").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(
            (2 * Ledger.Loaded) + 1);
        await Monitor.ProblemAsync("/nodes/nobody", HttpStatusCode.NotFound);
    }

    async Task<IEnumerable<string?>> MutedAsync() =>
        (await Monitor.GetAsync("/alerts?state=firing")).GetProperty("items").EnumerateArray()
        .Where(a => a.GetProperty("mutedUntil").ValueKind == JsonValueKind.String).Select(a => a.GetProperty("rule").GetString());
}
