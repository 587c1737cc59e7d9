using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace OrleansIngest.Silo;

/// <summary>Ends requests that are still open a second after the stop began: mostly live feeds in browsers.</summary>
/// <remarks>The web server stops first and waits for its requests; with one that never ends it would use up the whole time of the
/// shutdown, and the silo would have none left to return its files.</remarks>
sealed class RequestAborter(RequestDelegate next, IHostApplicationLifetime lifetime, TimeProvider time)
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        using var ended = new CancellationTokenSource();
        using var stopping = lifetime.ApplicationStopping.Register(() => _ = AbortAsync(context, ended.Token));
        try
        {
            await next(context);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    async Task AbortAsync(HttpContext context, CancellationToken ended)
    {
        await Task.Delay(Grace, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCancellationRequested) context.Abort();
    }
}
