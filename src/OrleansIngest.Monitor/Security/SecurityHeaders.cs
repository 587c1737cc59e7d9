using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Monitor.Security;

/// <summary>Headers of every response: browsers run only this site's files, and no other site can frame the pages.</summary>
sealed class SecurityHeaders(RequestDelegate next, MonitorOptions options)
{
    const string Own =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    // Orleans' Dashboard sets styles in its markup.
    const string Dashboard =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/cluster") ? Dashboard : Own;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store"; // pages and their files override it
        if (options is { IsTls: true, IsLoopback: false }) headers.StrictTransportSecurity = "max-age=31536000";
        return next(context);
    }
}
