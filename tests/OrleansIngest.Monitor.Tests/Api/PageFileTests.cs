using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class PageFileTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    HttpClient Http => fixture.Monitor.Http;

    [Theory]
    [InlineData("/")]
    [InlineData("/pipelines/any%20name")]
    [InlineData("/files")]
    [InlineData("/files/12")]
    [InlineData("/rejects")]
    [InlineData("/nodes")]
    [InlineData("/nodes/silo-1")]
    [InlineData("/alerts")]
    [InlineData("/history")]
    [InlineData("/configuration")]
    [InlineData("/drop")]
    [InlineData("/data")]
    public async Task Every_page_is_the_same_document(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("<!doctype html>");
    }

    [Fact]
    public async Task Each_page_of_the_list_has_an_address_and_a_module()
    {
        var list = await Http.GetStringAsync("/assets/js/pages.js", TestContext.Current.CancellationToken);
        var pages = Regex.Matches(list, "path: \"([^\"]+)\", module: \"([^\"]+)\"");

        pages.Count.ShouldBe(Regex.Count(list, "path:"));
        foreach (Match page in pages)
        {
            var address = Regex.Replace(page.Groups[1].Value, "{[^}]+}", "1");
            (await Http.GetStringAsync(address, TestContext.Current.CancellationToken)).ShouldContain(
                $"/assets/js/pages/{page.Groups[2].Value}.js\"");
        }
    }

    /// <summary>Otherwise a browser finds one level of imports after the other, each after another request.</summary>
    [Theory]
    [InlineData("/", "overview")]
    [InlineData("/files/12", "file")]
    [InlineData("/nodes/silo-1", "node")]
    [InlineData("/data", "data")]
    [InlineData("/nothing", "notfound")]
    public async Task Document_names_all_modules_that_its_page_imports(string path, string page)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/html") } } };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var document = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] modules = [.. Regex.Matches(document, "<link rel=\"modulepreload\" href=\"([^\"]+)\">")
            .Select(m => m.Groups[1].Value)];

        modules.ShouldBeUnique();
        modules.ShouldContain("/assets/js/app.js");
        modules.ShouldContain($"/assets/js/pages/{page}.js");
        modules.ShouldNotContain("/assets/js/pages/configuration.js", "other pages are not loaded");
        foreach (var module in modules)
        {
            var text = await Http.GetStringAsync(module, TestContext.Current.CancellationToken);
            foreach (Match import in Regex.Matches(text, " from \"([./][^\"]+)\""))
                modules.ShouldContain(new Uri(new Uri($"http://any{module}"), import.Groups[1].Value).AbsolutePath,
                    $"imported by {module}");
        }
    }

    [Theory]
    [InlineData("/assets/js/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/css/base.css", "text/css; charset=utf-8")]
    [InlineData("/assets/icon.svg", "image/svg+xml")]
    public async Task File_has_its_type_and_is_sent_once_until_it_changes(string path, string type)
    {
        using var first = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await Http.SendAsync(again, TestContext.Current.CancellationToken);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.ToString().ShouldBe(type);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Text_is_compressed_for_those_who_understand_it()
    {
        var plain = await Http.GetByteArrayAsync("/assets/css/components.css", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/css/components.css")
        { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("br") } } };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        var compressed = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        compressed.Length.ShouldBeLessThan(plain.Length / 2);
        using var unpacked = new MemoryStream();
        await using (var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress))
            await brotli.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
        unpacked.ToArray().ShouldBe(plain);
    }

    [Theory]
    [InlineData("/assets/../MonitorOptions.cs")]
    [InlineData("/assets/%2e%2e/index.html")]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/")]
    public async Task What_is_no_file_of_the_pages_is_not_found(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Browser_that_asks_for_a_page_that_is_not_there_gets_one_that_says_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no/such/page")
        { Headers = { { "Accept", "text/html,*/*" } } };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("<!doctype html>");
    }

    [Fact]
    public async Task Pages_together_weigh_less_than_220_KB_on_the_wire()
    {
        // The document and every file that it or its scripts name.
        var weight = 0L;
        var names = typeof(MonitorOptions).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("wwwroot/", StringComparison.Ordinal) && !n.Contains("LICENSE", StringComparison.Ordinal)
                && !n.EndsWith(".md", StringComparison.Ordinal));
        foreach (var name in names)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get,
                name == "wwwroot/index.html" ? "/" : name["wwwroot".Length..])
            { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("br") } } };
            using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, name);
            weight += (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        }

        weight.ShouldBeLessThan(220 * 1024); // a visit loads a part of them: see LooksTests
    }

    [Fact]
    public async Task Every_property_of_a_pipeline_has_its_topic_on_the_configuration_page()
    {
        var text = await Http.GetStringAsync("/assets/js/components/configgroups.js", TestContext.Current.CancellationToken);
        var defaults = (await fixture.Monitor.GetAsync("/configuration")).GetProperty("defaults").EnumerateObject()
            .Select(p => p.Name);

        defaults.Where(name => !text.Contains($"\"{name}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
