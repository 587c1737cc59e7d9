using Microsoft.AspNetCore.Http;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Security;

/// <summary>Checks the right to view and to act before any endpoint runs, also for Orleans' Dashboard and the metrics.</summary>
sealed class AccessCheck(RequestDelegate next, MonitorOptions options, TimeProvider time)
{
    /// <summary>Scripts of other sites cannot send this header without a preflight request, which is refused.</summary>
    public const string RequestHeader = "X-Ingest-Request";

    const string Bearer = "Bearer";
    const string TokenDetail = "Sign in on the pages, or send Authorization: Bearer with the viewer's or the operator's token.";
    const string OperatorTitle = "The operator's token is required";

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
        var bears = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && (authorization.Length == Bearer.Length || authorization[Bearer.Length] == ' ');
        var role = bears ? options.Tokens.RoleOf(authorization[Bearer.Length..].Trim())
            : request.Cookies[SessionCookie.Name] is { } cookie ? SessionCookie.Read(cookie, options.Tokens, time.GetUtcNow())
            : Role.Anonymous;
        return new Caller(role, role != Role.Anonymous || (options.AllowsAnonymousView && !bears), !bears);
    }

    (int Status, string Kind, string Title, string Detail)? Refusal(HttpContext context, Caller caller)
    {
        var request = context.Request;
        var isChange = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
            && !HttpMethods.IsOptions(request.Method);
        if (isChange && IsForeign(request))
            return (403, "foreign-origin", "Request from another site",
                "Changes are accepted from these pages and from programs, not from other sites.");
        if (isChange && caller.ByCookie && request.Headers[RequestHeader] != "1")
            return (403, "csrf", "The request lacks a header",
                $"Send {RequestHeader}: 1 with every change, or a token as Authorization: Bearer.");
        var access = context.GetEndpoint()?.Metadata.GetMetadata<Access>();
        if (access is { Role: Role.Anonymous } || request.Path.StartsWithSegments("/health")) return null;
        if (!caller.CanSee || (access is { Role: Role.Viewer } && caller.Role == Role.Anonymous))
            return (401, "token-needed", "A token is required", access?.Detail ?? TokenDetail);
        if (caller.CanAct || (!isChange && access is not { Role: Role.Operator })) return null;
        return caller.Role == Role.Viewer
            ? (403, "operator-needed", OperatorTitle,
                access?.Detail ?? "The viewer's token allows viewing. Changes require the operator's token.")
            : (401, "operator-needed", OperatorTitle,
                access?.Detail
                    ?? "The operator's token is the value of INGEST_TOKEN; if that is not set, it is in .ingest/token.");
    }

    /// <summary>Whether the browser reports that another site made the request.</summary>
    static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return true;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return false;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return true;
        // Without the scheme: a proxy may use TLS to the browser and plain HTTP to this program.
        var own = new HostString(request.Host.Value ?? "");
        return !string.Equals(uri.Host.Trim('[', ']'), own.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            || uri.Port != (own.Port ?? (uri.Scheme == "https" ? 443 : 80));
    }
}
