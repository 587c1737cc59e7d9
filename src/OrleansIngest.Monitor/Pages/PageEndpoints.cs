using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Pages;

/// <summary>The pages: one document for all of them, and what it loads.</summary>
static class PageEndpoints
{
    const string NotFound = "notfound";

    /// <summary>Addresses of pages with their modules, as in <c>router.js</c>.</summary>
    static readonly (string Route, string Page)[] Routes =
    [
        ("/", "overview"), ("/pipelines/{name}", "pipeline"), ("/files", "files"), ("/files/{id}", "file"), ("/rejects", "rejects"), ("/nodes", "nodes"),
        ("/nodes/{name}", "node"), ("/alerts", "alerts"), ("/history", "history"), ("/configuration", "configuration"), ("/drop", "drop"), ("/data", "data"),
        ("/pipelines", NotFound),
    ];

    public static void Map(IEndpointRouteBuilder web)
    {
        foreach (var (route, page) in Routes) Add(route, (HttpContext context, StaticPages pages) => SendAsync(context, pages.Document(page)));
        Add("/assets/{**path}", (string? path, HttpContext context, StaticPages pages) => SendAsync(context, pages.Find("assets/" + path)));
        foreach (var name in new[] { "favicon.ico", "favicon.svg", "robots.txt" })
            Add("/" + name, (HttpContext context, StaticPages pages) => SendAsync(context, pages.Find(name)));

        // A browser gets the page that says so; whoever else asks gets the bare answer.
        web.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, StaticPages pages) =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            var isPage = context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && !IsOther(context.Request.Path);
            return isPage ? SendAsync(context, pages.Document(NotFound)) : Task.CompletedTask;
        }).ExcludeFromDescription().WithOrder(int.MaxValue).WithMetadata(Access.Open);

        // They hold no data: who may not look has to see the page that asks for a token.
        void Add(string route, Delegate handler) =>
            web.MapMethods(route, [HttpMethods.Get, HttpMethods.Head], handler).ExcludeFromDescription().WithMetadata(Access.Open);
    }

    static bool IsOther(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/cluster");

    static async Task SendAsync(HttpContext context, StaticPage? page)
    {
        var (request, response) = (context.Request, context.Response);
        if (page is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Asked for again each time, answered with 304 while nothing changed: never a page of one version with a script of another.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = page.ETag;
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString().Contains(page.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var content = page.Content;
        var accepted = request.Headers.AcceptEncoding.ToString();
        if (page.Brotli is not null && accepted.Contains("br", StringComparison.OrdinalIgnoreCase))
        {
            content = page.Brotli;
            response.Headers.ContentEncoding = "br";
        }
        else if (page.Gzip is not null && accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            content = page.Gzip;
            response.Headers.ContentEncoding = "gzip";
        }

        response.ContentType = page.ContentType;
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(content, context.RequestAborted);
    }
}
