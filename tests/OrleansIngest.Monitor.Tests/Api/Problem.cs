using System.Net;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Answers that say what went wrong.</summary>
static class Problem
{
    /// <summary>The body, which has to be a whole problem of this status.</summary>
    public static async Task<JsonElement> OfAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("type").GetString().ShouldStartWith("urn:orleans-ingest:");
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    public static string[] ErrorsOf(this JsonElement problem, string parameter) =>
        [.. problem.GetProperty("errors").GetProperty(parameter).EnumerateArray().Select(e => e.GetString()!)];
}
