using System.Net;
using System.Net.Http.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class SecurityTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    const string Pause = "/api/v1/pipelines/empty/pause";
    static readonly CancellationToken Never = CancellationToken.None;

    MonitorProcess Monitor => fixture.Monitor;

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/js/app.js")]
    [InlineData("/api/v1/overview")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/files?limit=0")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/no/such/page")]
    [InlineData("/health/live")]
    public async Task Every_answer_tells_browsers_to_run_nothing_foreign(string path)
    {
        using var response = await Monitor.Http.GetAsync(path, Never);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        response.Headers.GetValues("X-Frame-Options").Single().ShouldBe("DENY");
        response.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        response.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task Host_that_is_not_this_machine_is_refused(string host)
    {
        foreach (var path in new[] { "/", "/api/v1/about", "/api/v1/files", "/health/live" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var response = await Monitor.Http.SendAsync(request, Never);
            await Problem.OfAsync(response, HttpStatusCode.MisdirectedRequest);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1234")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    public async Task Host_that_is_this_machine_is_answered(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/about") { Headers = { Host = host } };
        using var response = await Monitor.Http.SendAsync(request, Never);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null, "1", null, HttpStatusCode.Unauthorized, "operator-needed")]
    [InlineData(null, null, null, HttpStatusCode.Forbidden, "csrf")]
    [InlineData("wrong", null, null, HttpStatusCode.Unauthorized, "token-needed")]
    [InlineData("", null, null, HttpStatusCode.Unauthorized, "token-needed")]
    [InlineData(MonitorProcess.OperatorToken + "x", null, null, HttpStatusCode.Unauthorized, "token-needed")]
    [InlineData(MonitorProcess.OperatorToken, null, "http://evil.example", HttpStatusCode.Forbidden, "foreign-origin")]
    [InlineData(MonitorProcess.OperatorToken, null, "null", HttpStatusCode.Forbidden, "foreign-origin")]
    [InlineData(MonitorProcess.OperatorToken, null, "http://127.0.0.1:1", HttpStatusCode.Forbidden, "foreign-origin")]
    public async Task Change_without_the_right_to_it_is_refused(
        string? token, string? header, string? origin, HttpStatusCode status, string kind)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Pause);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (header is not null) request.Headers.Add("X-Ingest-Request", header);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await Monitor.Http.SendAsync(request, Never);

        var problem = await Problem.OfAsync(response, status);
        problem.GetProperty("type").GetString().ShouldEndWith(kind);
        (await fixture.Ledger.ScalarAsync<bool>("SELECT paused FROM ingest.pipeline WHERE name = 'empty'")).ShouldBeFalse();
    }

    [Fact]
    public async Task Other_site_that_a_browser_reports_is_refused()
    {
        using var client = Monitor.Client(MonitorProcess.OperatorToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Pause) { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var response = await client.SendAsync(request, Never);

        (await Problem.OfAsync(response, HttpStatusCode.Forbidden)).GetProperty("type").GetString()
            .ShouldEndWith("foreign-origin");
    }

    [Fact]
    public async Task Browser_signs_in_acts_with_its_cookie_and_signs_out()
    {
        using var client = Monitor.Client(configure: h => (h.UseCookies, h.CookieContainer) = (true, new CookieContainer()));
        client.DefaultRequestHeaders.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        client.DefaultRequestHeaders.Add("X-Ingest-Request", "1");

        using var signedIn = await client.PostAsJsonAsync("/api/v1/session", new { token = MonitorProcess.OperatorToken }, Never);
        signedIn.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain(MonitorProcess.OperatorToken);

        (await client.GetStringAsync("/api/v1/about", Never)).ShouldContain("\"role\":\"operator\"");
        using (var done = await client.PostAsync("/api/v1/pipelines/empty/resume", null, Never))
            done.StatusCode.ShouldBe(HttpStatusCode.OK);
        client.DefaultRequestHeaders.Remove("X-Ingest-Request");
        using (var forged = await client.PostAsync("/api/v1/pipelines/empty/resume", null, Never))
            await Problem.OfAsync(forged, HttpStatusCode.Forbidden);
        client.DefaultRequestHeaders.Add("X-Ingest-Request", "1");

        using (var signedOut = await client.DeleteAsync("/api/v1/session", Never))
            signedOut.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetStringAsync("/api/v1/about", Never)).ShouldContain("\"role\":\"anonymous\"");
    }

    [Theory]
    [InlineData("""{"token":"wrong"}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"token":""}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{}""", HttpStatusCode.Unauthorized)]
    [InlineData("""null""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"token":{}}""", HttpStatusCode.BadRequest)]
    [InlineData("""not json with my-secret""", HttpStatusCode.BadRequest)]
    public async Task Wrong_sign_in_gives_no_cookie_and_repeats_nothing(string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/session")
        { Content = content, Headers = { { "X-Ingest-Request", "1" } } };
        using var response = await Monitor.Http.SendAsync(request, Never);

        (await Problem.OfAsync(response, status)).GetRawText().ShouldNotContain("my-secret");
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData("operator.99999999999.abc.def")]
    [InlineData("operator.99999999999.abc.")]
    [InlineData("viewer.99999999999.abc.def")]
    [InlineData("...")]
    [InlineData("x")]
    public async Task Forged_cookie_is_worth_nothing(string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Pause)
        { Headers = { { "Cookie", "ingest_session=" + cookie }, { "X-Ingest-Request", "1" } } };
        using var response = await Monitor.Http.SendAsync(request, Never);

        await Problem.OfAsync(response, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Change_with_another_kind_of_body_is_refused()
    {
        using var client = Monitor.Client(MonitorProcess.OperatorToken);
        using var form = new FormUrlEncodedContent([new("reason", "x")]);
        using var response = await client.PostAsync(Pause, form, Never);

        await Problem.OfAsync(response, HttpStatusCode.UnsupportedMediaType);
    }
}
