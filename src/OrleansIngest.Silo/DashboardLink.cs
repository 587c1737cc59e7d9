using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Silo;

/// <summary>Adds a link back to the monitor to the page of Orleans' Dashboard.</summary>
static class DashboardLink
{
    // The content security policy of /cluster allows styles in markup (SecurityHeaders of the monitor), not scripts.
    const string Link =
        """
        <a href="/nodes" style="position:fixed;right:16px;bottom:16px;z-index:9999;padding:8px 14px;border-radius:8px;
            background:#3a53c5;color:#fff;font:500 14px system-ui,sans-serif;text-decoration:none">Back to OrleansIngest</a>
        """;

    /// <summary>Answers a request below <c>/cluster</c>; only its first page is changed.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate dashboard)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsGet(request.Method) || request.Path.Value?.TrimEnd('/') is not ("/cluster" or "/cluster/index.html"))
        {
            await dashboard(context);
            return;
        }

        // The current page, uncompressed and not from the browser's cache.
        request.Headers.Remove("If-None-Match");
        request.Headers.Remove("If-Modified-Since");
        request.Headers.Remove("Accept-Encoding");
        var body = response.Body;
        using var page = new MemoryStream();
        response.Body = page;
        try
        {
            await dashboard(context);
        }
        finally
        {
            response.Body = body;
        }

        var content = page.ToArray();
        var isHtml = response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
        if (isHtml && response.StatusCode == StatusCodes.Status200OK)
        {
            content = AddLink(response.Headers.ContentEncoding == "gzip" ? await DecompressAsync(content) : content);
            response.Headers.Remove("Content-Encoding");
            response.Headers.Remove("ETag");
            response.ContentLength = content.Length;
        }

        await body.WriteAsync(content, context.RequestAborted);
    }

    static byte[] AddLink(byte[] page)
    {
        var html = Encoding.UTF8.GetString(page);
        var end = html.LastIndexOf("</body>", StringComparison.OrdinalIgnoreCase);
        return Encoding.UTF8.GetBytes(end < 0 ? html + Link : html.Insert(end, Link));
    }

    static async Task<byte[]> DecompressAsync(byte[] content)
    {
        using var plain = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress)) await gzip.CopyToAsync(
            plain);
        return plain.ToArray();
    }
}
