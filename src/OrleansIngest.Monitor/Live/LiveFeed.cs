using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Live;

/// <summary>Queries the ledger once a second for all listeners, and not at all without listeners.</summary>
sealed partial class LiveFeed(PipelineViews pipelines, FileViews files, TimeProvider time,
    ILogger<LiveFeed> logger) : IAsyncDisposable
{
    /// <summary>How many may listen at once.</summary>
    public const int MostListeners = 200;

    const int MostFiles = 50;
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    static readonly TimeSpan RecentlyEnded = TimeSpan.FromSeconds(5);

    readonly Lock _gate = new();
    readonly List<LiveSubscription> _listeners = [];
    readonly CancellationTokenSource _end = new();
    readonly Dictionary<string, LiveEvent> _newest = [];
    Dictionary<long, AlertRow>? _firing;
    Overview? _last;
    DateTimeOffset? _awaySince;
    Task? _polling;

    /// <summary>Subscribes; the newest events are delivered at once. Null if there are too many listeners.</summary>
    public LiveSubscription? Subscribe(IReadOnlySet<string> topics)
    {
        lock (_gate)
        {
            if (_listeners.Count >= MostListeners || _end.IsCancellationRequested) return null;
            var listener = new LiveSubscription(topics, Leave);
            foreach (var known in _newest.Values) listener.Offer(known);
            _listeners.Add(listener);
            _polling ??= Task.Run(PollAsync);
            return listener;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_polling is { } looking) await looking;
        _end.Dispose();
    }

    void Leave(LiveSubscription listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }

    async Task PollAsync()
    {
        try
        {
            while (!IsAlone())
            {
                var began = time.GetTimestamp();
                await PollOnceAsync();
                var rest = Period - time.GetElapsedTime(began);
                if (rest > TimeSpan.Zero) await Task.Delay(rest, time, _end.Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The program ends.
        }
    }

    /// <summary>Decided together with the end of the task, so that no subscription comes in between and waits forever.</summary>
    bool IsAlone()
    {
        lock (_gate)
        {
            if (_listeners.Count > 0) return false;
            _polling = null;
            _newest.Clear();
            return true;
        }
    }

    async Task PollOnceAsync()
    {
        try
        {
            var overview = await pipelines.CurrentOverviewWithPointAsync(_end.Token);
            if (_awaySince is not null) LogBack();
            (_last, _awaySince) = (overview, null);
            Publish(LiveEvent.Of("overview", overview, ViewJson.Default.Overview));
            if (IsWanted("files"))
                Publish(LiveEvent.Of("files", new ChangedFiles(await files.ChangedAsync(RecentlyEnded, MostFiles, _end.Token)),
                    ViewJson.Default.ChangedFiles));
            PublishAlerts(overview.Alerts);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException
            or System.Net.Sockets.SocketException)
        {
            PublishOutage(failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure); // the stream continues: the next attempt may succeed
        }
    }

    void PublishOutage(Exception failure)
    {
        if (_awaySince is null) LogAway(failure.Message);
        var since = _awaySince ??= time.GetUtcNow();
        var before = _last ?? new Overview
        {
            Now = since,
            Pipelines = [],
            Nodes = new NodeCounts(0, 0, 0),
            Alerts = [],
            Totals = new OverviewTotals(0, 0, 0, 0, 0),
        };
        var away = before with
        {
            Now = time.GetUtcNow(),
            Point = null,
            Database = new DatabaseState("away", since),
            Pipelines = [.. before.Pipelines.Select(p => p with
            {
                Status = "waiting-for-database",
                StatusReason = "The database is unavailable. Loading resumes automatically when it answers.",
                InputRate = 0,
                ProcessRate = 0,
                InputBytesRate = 0,
                EtaSeconds = null,
            })],
        };
        Publish(LiveEvent.Of("overview", away, ViewJson.Default.Overview));
    }

    /// <summary>An alert is news when it begins to fire, and when it no longer does.</summary>
    void PublishAlerts(IReadOnlyList<AlertRow> now)
    {
        var firing = now.ToDictionary(a => a.Id);
        if (_firing is { } before)
        {
            foreach (var alert in now.Where(a => !before.ContainsKey(a.Id)))
                Publish(LiveEvent.Of("alert", alert, ViewJson.Default.AlertRow), isNews: true);
            foreach (var alert in before.Values.Where(a => !firing.ContainsKey(a.Id)))
                Publish(LiveEvent.Of("alert", alert with { ResolvedAt = _last!.Now }, ViewJson.Default.AlertRow), isNews: true);
        }

        _firing = firing;
    }

    bool IsWanted(string topic)
    {
        lock (_gate) return _listeners.Any(l => l.Wants(topic));
    }

    void Publish(LiveEvent happened, bool isNews = false)
    {
        lock (_gate)
        {
            if (!isNews) _newest[happened.Topic] = happened;
            foreach (var listener in _listeners) listener.Offer(happened);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Live events continue without the database: {Reason}")]
    partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Live events read the database again")]
    partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "Creating live events failed")]
    partial void LogFailed(Exception failure);
}
