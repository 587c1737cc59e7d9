using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Live;

/// <summary>A feed for each database with listeners.</summary>
sealed class LiveFeeds(TimeProvider time, ILogger<LiveFeed> logger) : IAsyncDisposable
{
    readonly ConcurrentDictionary<MonitorDatabase, Lazy<LiveFeed>> _feeds = new();

    public LiveFeed Of(MonitorDatabase database) => _feeds.GetOrAdd(
        database,
        d => new Lazy<LiveFeed>(
            () => new LiveFeed(new PipelineViews(d.DataSource), new FileViews(d.DataSource), time, logger))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var feed in _feeds.Values.Where(f => f.IsValueCreated)) await feed.Value.DisposeAsync();
    }
}
