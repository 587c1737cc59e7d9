using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Who may look and act, by how the program was started.</summary>
public sealed class AccessTests
{
    static readonly Dictionary<string, string> BothTokens = new() { ["INGEST_VIEWER_TOKEN"] = MonitorProcess.ViewerToken };

    static readonly string[] Guarded =
    [
        "/api/v1/overview", "/api/v1/files", "/api/v1/files/1", "/api/v1/rejects", "/api/v1/rejects/export", "/api/v1/history",
        "/api/v1/configuration", "/api/v1/live",
        "/api/v1/nodes", "/api/v1/pipelines/shop/progress", "/openapi/v1.json", "/metrics",
    ];

    [Fact]
    public async Task With_a_viewers_token_looking_takes_a_token_and_acting_the_operators()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString, BothTokens);

        foreach (var path in Guarded)
        {
            using var response = await monitor.Http.GetAsync(path, TestContext.Current.CancellationToken);
            await Problem.OfAsync(response, HttpStatusCode.Unauthorized);
            response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        }

        var about = await monitor.GetAsync("/about");
        about.GetProperty("canSee").GetBoolean().ShouldBeFalse();
        about.GetProperty("database").GetProperty("name").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        about.GetProperty("node").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        // it asks for the token
        (await monitor.Http.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldContain("<!doctype html>");

        using var viewer = monitor.Client(MonitorProcess.ViewerToken);
        (await viewer.GetStringAsync("/api/v1/about", TestContext.Current.CancellationToken)).ShouldContain(
            "\"role\":\"viewer\"");
        (await viewer.GetAsync("/api/v1/files", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await viewer.PostAsync("/api/v1/pipelines/shop/pause", null, TestContext.Current.CancellationToken);
        (await Problem.OfAsync(refused, HttpStatusCode.Forbidden)).GetProperty("type").GetString()
            .ShouldEndWith("operator-needed");

        using var actor = monitor.Client(MonitorProcess.OperatorToken);
        (await actor.PostAsync("/api/v1/pipelines/shop/pause", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
            HttpStatusCode.OK);
        monitor.Said.ShouldNotContain(MonitorProcess.OperatorToken);
        monitor.Said.ShouldNotContain(MonitorProcess.ViewerToken);
    }

    [Fact]
    public async Task Viewers_session_may_look_and_not_act()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString, BothTokens);
        using var browser = monitor.Client(configure: h => (h.UseCookies, h.CookieContainer) = (true, new CookieContainer()));
        browser.DefaultRequestHeaders.Add("X-Ingest-Request", "1");

        (await browser.PostAsJsonAsync("/api/v1/session", new { token = MonitorProcess.ViewerToken },
            TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await browser.GetAsync("/api/v1/files", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await browser.PostAsync("/api/v1/pipelines/shop/pause", null, TestContext.Current.CancellationToken);
        await Problem.OfAsync(refused, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Without_tokens_one_is_made_kept_and_printed_and_opens_the_monitor()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString,
            new Dictionary<string, string> { ["INGEST_TOKEN"] = "" });

        monitor.Link.Fragment.ShouldStartWith("#token=");
        var token = Uri.UnescapeDataString(monitor.Link.Fragment["#token=".Length..]);
        var file = Path.Combine(monitor.Folder, ".ingest", "token");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim().ShouldBe(token);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        token.Length.ShouldBeGreaterThanOrEqualTo(32);
        using var actor = monitor.Client(token);
        (await actor.PostAsync("/api/v1/pipelines/shop/pause", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
            HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("0.0.0.0:0", "", "INGEST_TOKEN")]
    [InlineData("[::]:0", "", "INGEST_TOKEN")]
    [InlineData("0.0.0.0:0", "short", "16 characters")]
    [InlineData("127.0.0.1:0", "short", "16 characters")]
    [InlineData("127.0.0.1", "a token that is long enough", "--http")]
    public async Task What_would_not_be_safe_is_refused_at_the_start(string http, string token, string hint)
    {
        await using var ledger = await Ledger.CreateAsync();
        var error = new StringWriter();
        var folder = TestPostgres.NewFolder();
        var surroundings = new CliSurroundings
        {
            Output = TextWriter.Null,
            Error = error,
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string>
            {
                ["INGEST_TOKEN"] = token,
                ["DATABASE_URL"] = "postgres://nobody:x@127.0.0.1:1/none"
            },
        };

        (await new IngestCli(AllCommands.Create()).RunAsync(["monitor", "--http", http], surroundings,
            TestContext.Current.CancellationToken)).ShouldBe(ExitCode.Usage);

        error.ToString().ShouldContain(hint);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Beyond_loopback_looking_takes_a_token_and_any_host_name_is_answered()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString, null, "--http", "0.0.0.0:0");
        using var client = monitor.Client(configure: null);
        client.BaseAddress = new Uri($"http://127.0.0.1:{monitor.Link.Port}");
        client.DefaultRequestHeaders.Host = "ingest.example";

        using (var refused = await client.GetAsync("/api/v1/files", TestContext.Current.CancellationToken))
            await Problem.OfAsync(refused, HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + MonitorProcess.OperatorToken);
        (await client.GetAsync("/api/v1/files", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Over_TLS_the_certificate_is_the_given_one_and_cookies_are_secure()
    {
        var folder = TestPostgres.NewFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var from = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=ingest-test", key,
            HashAlgorithmName.SHA256).CreateSelfSigned(from.AddDays(-1), from.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString, null, "--tls-cert", certificateFile,
            "--tls-key", keyFile);
        var subject = "";
        using var client = monitor.Client(configure: h => h.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => (subject = shown!.Subject).Length > 0,
        });

        monitor.Link.Scheme.ShouldBe("https");
        client.DefaultRequestHeaders.Add("X-Ingest-Request", "1");
        using var signedIn = await client.PostAsJsonAsync("/api/v1/session", new { token = MonitorProcess.OperatorToken },
            TestContext.Current.CancellationToken);

        signedIn.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure", Case.Insensitive);
        subject.ShouldBe("CN=ingest-test");
        Directory.Delete(folder, recursive: true);
    }
}
