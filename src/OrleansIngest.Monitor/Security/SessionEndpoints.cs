using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Security;

/// <summary>Signing in and out.</summary>
static class SessionEndpoints
{
    const string Tag = "Session";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/session", SignInAsync).Describe("signIn", Tag, "Starts a browser session with a token.")
            .Accepts<SignIn>("application/json").Produces(StatusCodes.Status204NoContent).WithMetadata(Access.Open);
        api.MapDelete("/session", SignOut).Describe("signOut", Tag,
            "Ends the browser's session.").Produces(StatusCodes.Status204NoContent).WithMetadata(Access.Open);
    }

    static async Task<IResult> SignInAsync(HttpContext context, MonitorOptions options, TimeProvider time)
    {
        var signIn = await RequestBody.ReadAsync(context.Request, ApiJson.Default.SignIn);
        var role = options.Tokens.RoleOf(signIn?.Token ?? "");
        if (role == Role.Anonymous) return new ProblemResult(401, "wrong-token", "The token is not valid",
            "It is neither the operator's nor the viewer's token.");
        var token = (role == Role.Operator ? options.Tokens.Operator : options.Tokens.Viewer)!;
        context.Response.Cookies.Append(SessionCookie.Name, SessionCookie.Create(role, token, time.GetUtcNow()),
            Cookie(options, SessionCookie.Lifetime));
        return Results.NoContent();
    }

    static IResult SignOut(HttpContext context, MonitorOptions options)
    {
        context.Response.Cookies.Delete(SessionCookie.Name, Cookie(options, null));
        return Results.NoContent();
    }

    static CookieOptions Cookie(MonitorOptions options, TimeSpan? age) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = options.IsTls,
            Path = "/",
            MaxAge = age,
            IsEssential = true
        };
}
