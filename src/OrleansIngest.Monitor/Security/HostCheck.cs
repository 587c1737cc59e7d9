using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Security;

/// <summary>On loopback, answers only to this machine's names. A site of the Internet whose name is made to lead to 127.0.0.1
/// (DNS rebinding) would otherwise be, for a browser, the same origin as these pages.</summary>
sealed class HostCheck(RequestDelegate next, MonitorOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!options.IsLoopback || IsThisMachine(context.Request.Host.Host)
            || options.AllowedHosts.Contains(context.Request.Host.Host)) return next(context);
        return ProblemAnswer.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, "foreign-host", "Unknown host name",
            "These pages are served on loopback under localhost, 127.0.0.1 and [::1]. For a proxy, add its host to "
                + "INGEST_ALLOWED_HOSTS.");
    }

    static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
