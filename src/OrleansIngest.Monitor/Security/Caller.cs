using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Monitor.Security;

/// <summary>Who asks, as far as a token says it.</summary>
/// <param name="Role">What it may do.</param>
/// <param name="CanSee">Whether it may look: everybody on this machine, unless there is a viewer's token.</param>
/// <param name="ByCookie">Whether a browser sent its cookie along: then the request may be another site's idea.</param>
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
