using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Monitor.Security;

/// <summary>The caller of a request, identified by its token.</summary>
/// <param name="Role">Its rights.</param>
/// <param name="CanSee">Whether it may view: everybody on this machine, unless there is a viewer's token.</param>
/// <param name="ByCookie">Whether a browser sent its cookie: the request may then come from another site.</param>
sealed record Caller(Role Role, bool CanSee, bool ByCookie)
{
    static readonly object Key = new();

    public bool CanAct => Role == Role.Operator;

    public string Name => Role switch
    {
        Role.Operator => "operator",
        Role.Viewer => "viewer",
        _ => "anonymous",
    };

    public static Caller Of(HttpContext context) => context.Items[Key] as Caller ?? new Caller(Role.Anonymous, false, false);

    public void Remember(HttpContext context) => context.Items[Key] = this;
}
