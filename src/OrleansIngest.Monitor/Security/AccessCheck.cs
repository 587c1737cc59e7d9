using Microsoft.AspNetCore.Http;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Security;

/// <summary>Lets in who may look and who may act, before any endpoint is asked: also Orleans' Dashboard and the metrics.</summary>
sealed class AccessCheck(RequestDelegate next, MonitorOptions options, TimeProvider time)
{
    /// <summary>Scripts of other sites cannot send it without asking first, and are told no.</summary>
    public const string RequestHeader = "X-Ingest-Request";

    const string Bearer = "Bearer";

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = Identify(context.Request);
        caller.Remember(context);
        if (Refusal(context, caller) is not { } refusal)
        {
            await next(context);
            return;
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        await ProblemAnswer.WriteAsync(context, refusal.Status, refusal.Kind, refusal.Title, refusal.Detail);
    }

    Caller Identify(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var bears = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && (authorization.Length == Bearer.Length || authorization[Bearer.Length] == ' ');
        var role = bears ? options.Tokens.RoleOf(authorization[Bearer.Length..].Trim())
            : request.Cookies[SessionCookie.Name] is { } cookie ? SessionCookie.Read(cookie, options.Tokens, time.GetUtcNow())
            : Role.Anonymous;
        return new Caller(role, role != Role.Anonymous || (options.AllowsAnonymousView && !bears), !bears);
    }

    (int Status, string Kind, string Title, string Detail)? Refusal(HttpContext context, Caller caller)
    {
        var request = context.Request;
        var isChange = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        if (isChange && IsForeign(request))
            return (403, "foreign-origin", "Another site's request", "Changes are accepted from these pages and from programs, not from other sites.");
        if (isChange && caller.ByCookie && request.Headers[RequestHeader] != "1")
            return (403, "csrf", "The request does not say that it is meant", $"Send the header {RequestHeader}: 1 with every change, or a token as Authorization: Bearer.");
        if (context.GetEndpoint()?.Metadata.GetMetadata<Access>() is { IsOpen: true } || request.Path.StartsWithSegments("/health")) return null;
        if (!caller.CanSee)
            return (401, "token-needed", "A token is needed", "Sign in on the pages, or send Authorization: Bearer with the viewer's or the operator's token.");
        if (isChange && !caller.CanAct)
        {
            return caller.Role == Role.Viewer
                ? (403, "operator-needed", "The operator's token is needed", "The viewer's token lets you look; to change something takes the operator's.")
                : (401, "operator-needed", "The operator's token is needed", "It is what INGEST_TOKEN was set to; without that, it is in .ingest/token.");
        }

        return null;
    }

    /// <summary>Whether a browser says that another site made the request.</summary>
    static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return true;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return false;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return true;
        // The scheme is left out: a proxy in front may speak TLS to the browser, and none to us.
        var own = new HostString(request.Host.Value ?? "");
        return !string.Equals(uri.Host.Trim('[', ']'), own.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) || uri.Port != (own.Port ?? (uri.Scheme == "https" ? 443 : 80));
    }
}
