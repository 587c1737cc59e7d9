using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Live;

/// <summary>Live events, as server-sent events.</summary>
static class LiveEndpoints
{
    static readonly string[] Topics = ["overview", "files", "alert"];
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/live", StreamAsync).Describe("live", "Live",
            "Server-sent events, once a second: `overview` (as /overview, without series, with the newest second as `point`), "
            + "`files` (loading now or just finished), `alert` (begins or ends). While the database is unavailable, "
            + "`overview` reports it.",
            new QueryParameter("topics", "overview, files, alert, or several of them separated by commas. Default: all."))
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

    static async Task StreamAsync(HttpContext context, LiveFeeds feeds, MonitorDatabase database, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var query = new ApiQuery(context.Request);
        var topics = query.SomeOf("topics", Topics);
        query.Check();
        using var subscription = feeds.Of(database).Subscribe(topics.Count == 0 ? Topics.ToHashSet() : topics.ToHashSet());
        if (subscription is null)
        {
            context.Response.Headers.RetryAfter = "10";
            await ProblemAnswer.WriteAsync(context, 503, "too-many", "Too many listeners",
                $"The limit is {LiveFeed.MostListeners} listeners.");
            return;
        }

        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would keep events until it has enough of them
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await response.Body.WriteAsync("retry: 2000\n\n"u8.ToArray(), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await SendAsync(response, subscription, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The listener has gone.
        }
    }

    static async Task SendAsync(HttpResponse response, LiveSubscription subscription, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var waiting = subscription.Events.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var ended = await Task.WhenAny(waiting, Task.Delay(Heartbeat, time, quiet.Token));
            await quiet.CancelAsync();
            if (ended != waiting)
            {
                // So that proxies do not close an idle connection.
                await response.Body.WriteAsync(":\n\n"u8.ToArray(), cancellationToken);
            }
            else
            {
                if (!await waiting) return;
                while (subscription.Events.TryRead(out var happened))
                    await response.Body.WriteAsync(happened.Frame, cancellationToken);
                waiting = subscription.Events.WaitToReadAsync(cancellationToken).AsTask();
            }

            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
