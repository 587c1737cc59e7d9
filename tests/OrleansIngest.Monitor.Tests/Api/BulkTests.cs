using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Verbs for all files that match, over HTTP.</summary>
public sealed class BulkTests : OperatorTest
{
    [Fact]
    public async Task Bulk_DryRunThenItsIds_MeetsTheFilesThatWereCounted()
    {
        var filter = new { pipeline = "shop", status = "quarantined" };
        var reach = await BulkAsync(new { verb = "retry", filter, dryRun = true });
        await Ledger.AddFilesAsync("shop", "/data/in/later-{0}.csv", "quarantined", 3);

        var report = await BulkAsync(new { verb = "retry", filter, ids = reach.GetProperty("ids"), reason = "mended" });

        reach.GetProperty("files").GetInt64().ShouldBe(2);
        reach.GetProperty("message").GetString().ShouldBe("2 files of pipeline shop, quarantined: ready to be loaded");
        report.GetProperty("files").GetInt64().ShouldBe(2);
        var counts = (await Monitor.GetAsync("/files/counts")).GetProperty("states");
        (counts.GetProperty("ready").GetInt64(), counts.GetProperty("quarantined").GetInt64()).ShouldBe((5, 3));
        var entry = (await Monitor.GetAsync("/history?kind=operator.retry")).GetProperty("items").EnumerateArray()
            .ShouldHaveSingleItem();
        entry.GetProperty("kind").GetString().ShouldBe("operator.retry");
        entry.GetProperty("detail").GetString().ShouldBe("2 files of pipeline shop, quarantined: ready to be loaded (mended)");
        entry.GetProperty("who").GetString().ShouldBe("operator (http, 127.0.0.1)");
        var file = await Monitor.GetAsync($"/files/{reach.GetProperty("ids")[0].GetInt64()}");
        file.GetProperty("events")[0].GetProperty("kind").GetString().ShouldBe("operator.retry");
    }

    [Fact]
    public async Task Bulk_FilterWithUpTo_MeetsNoLaterFile()
    {
        var filter = new { status = "ready" };
        var reach = await BulkAsync(new { verb = "skip", filter, dryRun = true });
        await Ledger.AddFilesAsync("shop", "/data/in/later-{0}.csv", "ready", 3);

        var report = await BulkAsync(new { verb = "skip", filter, upTo = reach.GetProperty("upTo") });

        report.GetProperty("files").GetInt64().ShouldBe(3);
        (await Monitor.GetAsync("/files/counts")).GetProperty("states").GetProperty("ready").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task Bulk_FilesThatCannotBeDone_AreCountedByTheirReason()
    {
        var reach = await BulkAsync(new { verb = "skip", filter = new { }, dryRun = true });

        reach.GetProperty("files").GetInt64().ShouldBe(3 + 2 + 1);
        var other = reach.GetProperty("others").EnumerateArray().ShouldHaveSingleItem();
        (other.GetProperty("files").GetInt64(), other.GetProperty("outcome").GetString(),
            other.GetProperty("status").GetString()).ShouldBe((Ledger.Loaded, "refused", "loaded"));
        other.GetProperty("message").GetString()!.ShouldStartWith("is loaded");
    }

    [Theory]
    [InlineData("""{}""", "verb")]
    [InlineData("""{"verb":"delete","filter":{}}""", "verb")]
    [InlineData("""{"verb":"skip"}""", "filter")]
    [InlineData("""{"verb":"skip","filter":{}}""", "upTo")]
    [InlineData("""{"verb":"skip","ids":[]}""", "ids")]
    [InlineData("""{"verb":"skip","filter":{"pipline":"shop"},"dryRun":true}""", "pipline")]
    [InlineData("""{"verb":"skip","filter":{"status":"lost"},"dryRun":true}""", "status")]
    public async Task Bulk_OfNobodyKnowsWhat_IsRefusedAndNothingHappens(string body, string parameter)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Operator.PostAsync("/api/v1/files/bulk", content, Stop);

        (await Problem.OfAsync(response, HttpStatusCode.BadRequest)).ErrorsOf(parameter).ShouldNotBeEmpty();
        (await Ledger.ScalarAsync<long>(
            "SELECT count(*) FROM ingest.history WHERE kind LIKE 'operator.%' AND kind <> 'operator.pause'")).ShouldBe(0);
    }

    [Fact]
    public async Task Bulk_WithoutTheOperatorsToken_IsRefused()
    {
        using var anybody = Monitor.Client("somebody-elses-token-0123");
        using var response = await anybody.PostAsJsonAsync(
            "/api/v1/files/bulk", new { verb = "skip", filter = new { }, dryRun = true }, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Counts_ByState_AreThoseOfTheFiles()
    {
        var counts = await Monitor.GetAsync("/files/counts?pipeline=shop");

        counts.GetProperty("total").GetInt64().ShouldBe(Ledger.Loaded + 6);
        var states = counts.GetProperty("states");
        (states.GetProperty("loaded").GetInt64(), states.GetProperty("loading").GetInt64()).ShouldBe((Ledger.Loaded, 1));
        states.GetProperty("loaded-with-rejects").GetInt64().ShouldBe(Ledger.Loaded);
        (await Monitor.GetAsync("/files/counts?q=broken")).GetProperty("total").GetInt64().ShouldBe(2);
        (await Monitor.GetAsync("/files/counts?pipeline=empty")).GetProperty("total").GetInt64().ShouldBe(0);
    }

    async Task<JsonElement> BulkAsync(object words)
    {
        using var response = await Operator.PostAsJsonAsync("/api/v1/files/bulk", words, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
