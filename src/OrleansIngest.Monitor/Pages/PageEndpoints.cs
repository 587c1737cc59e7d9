using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Pages;

/// <summary>The document of all pages, and the files that it loads.</summary>
static class PageEndpoints
{
    const string NotFound = "notfound";

    public static void Map(IEndpointRouteBuilder web)
    {
        foreach (var (route, page) in StaticPages.Routes().Append(("/pipelines", NotFound)))
            Add(route, (HttpContext context, StaticPages pages) => SendAsync(context, pages.Document(page)));
        Add("/assets/{**path}",
            (string? path, HttpContext context, StaticPages pages) => SendAsync(context, pages.Find("assets/" + path)));
        foreach (var name in new[] { "favicon.ico", "favicon.svg", "robots.txt" })
            Add("/" + name, (HttpContext context, StaticPages pages) => SendAsync(context, pages.Find(name)));

        // A browser gets a page, other clients an empty answer.
        web.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, StaticPages pages) =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            var isPage = context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
                && !IsOther(context.Request.Path);
            return isPage ? SendAsync(context, pages.Document(NotFound)) : Task.CompletedTask;
        }).ExcludeFromDescription().WithOrder(int.MaxValue).WithMetadata(Access.Open);

        // They have no data, and callers without a token need the page that asks for it.
        void Add(string route, Delegate handler) =>
            web.MapMethods(route, [HttpMethods.Get, HttpMethods.Head],
                handler).ExcludeFromDescription().WithMetadata(Access.Open);
    }

    static bool IsOther(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/openapi")
        || path.StartsWithSegments("/cluster");

    static async Task SendAsync(HttpContext context, StaticPage? page)
    {
        var (request, response) = (context.Request, context.Response);
        if (page is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Validated at each request: a page of one version is never combined with a script of another one.
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
