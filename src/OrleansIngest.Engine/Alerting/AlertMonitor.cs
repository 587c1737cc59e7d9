using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Alerting;

/// <summary>Evaluates the alert rules every few seconds and delivers alerts to the webhook. Every silo and every monitor runs
/// one; one process at a time evaluates, and any process delivers. Loading does not depend on it.</summary>
public sealed class AlertMonitor : IAsyncDisposable
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);
    const int MessagesAtOnce = 20;

    readonly AlertLedger _ledger;
    readonly AlertOutbox _outbox;
    readonly AlertWebhook? _webhook;
    readonly AlertingOptions _options;
    readonly string _node;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    Task _evaluating = Task.CompletedTask;
    Task _notifying = Task.CompletedTask;
    DateTimeOffset? _awaySince;
    AlertCondition? _away;
    bool _outageIsNotified;
    DateTimeOffset? _awayMutedUntil;
    bool _isOver;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="dataSource">Supplies one or two connections; never those of the loading lanes.</param>
    /// <param name="options">The webhook and the cluster's rules.</param>
    /// <param name="node">The node that reports an unavailable database.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="logger">Logs failures.</param>
    public AlertMonitor(NpgsqlDataSource dataSource, AlertingOptions options, string node, TimeProvider time, ILogger logger)
    {
        (_ledger, _outbox, _options, _node, _time, _logger) = (new AlertLedger(dataSource), new AlertOutbox(dataSource), options,
            node, time, logger);
        if (options.Target() is { } target) _webhook = new AlertWebhook(target, options.WebhookTimeout, logger);
    }

    /// <summary>The database's name in the configuration, for the alert that it is unavailable; null for the main one. Default:
    /// null.</summary>
    public string? Database { get; init; }

    /// <summary>Starts evaluating and delivering.</summary>
    public void Start()
    {
        _evaluating = RepeatAsync(EvaluateAsync);
        if (_webhook is not null) _notifying = RepeatAsync(NotifyAsync);
    }

    /// <summary>Evaluates all rules once.</summary>
    public async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _ledger.EvaluateAsync(
                AlertRules.FromLedger, QuietFor,
                (options, now) => options.NoFileBy is null ? null : AlertRules.DayOf(options, now), Evaluate, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && FailureClassifier.IsWorthWaiting(failure))
        {
            await ReportOutageAsync(failure, cancellationToken);
            return;
        }

        await BackAsync(cancellationToken);
    }

    /// <summary>Delivers the alerts that are due, once.</summary>
    public async Task NotifyAsync(CancellationToken cancellationToken)
    {
        if (_webhook is null) return;
        _awayMutedUntil = await _outbox.AwayMutedUntilAsync(cancellationToken);
        foreach (var (alert, isEnd, attempts) in await _outbox.TakeAsync(MessagesAtOnce, cancellationToken))
        {
            if (await _webhook.SendAsync(alert, isEnd, cancellationToken))
                await _outbox.NotifiedAsync(alert.Id, isEnd, cancellationToken);
            else await _outbox.FailedAsync(alert.Id, RetryAfter(attempts), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true)) return;
        await _stop.CancelAsync();
        await Task.WhenAll(_evaluating, _notifying);
        _webhook?.Dispose();
        _stop.Dispose();
    }

    IEnumerable<AlertCondition> Evaluate(IReadOnlyList<AlertFacts> pipelines, IReadOnlyList<DeadNode> dead, DateTimeOffset now)
    {
        foreach (var condition in pipelines.SelectMany(facts => AlertRules.Of(facts, now))) yield return condition;
        if (!_options.DeadNode) yield break;
        foreach (var node in dead) yield return AlertRules.Of(node);
    }

    /// <summary>The ledger cannot record this alert: it is kept and delivered here, and recorded when the database is available
    /// again.</summary>
    async Task ReportOutageAsync(Exception failure, CancellationToken cancellationToken)
    {
        _awaySince ??= _time.GetUtcNow();
        var away = _time.GetUtcNow() - _awaySince.Value;
        if (away < _options.DatabaseAway) return;
        if (_away is null) EngineLog.DatabaseAwayAlert(_logger, away.TotalSeconds);
        _away = AlertRules.DatabaseAway(_node, away, _options.DatabaseAway,
            Database is null ? failure.Message : $"{Database}: {failure.Message}");
        if (_webhook is not null && !_outageIsNotified && !(_time.GetUtcNow() < _awayMutedUntil))
            _outageIsNotified = await _webhook.SendAsync(RowOf(_away, _awaySince.Value + _options.DatabaseAway), isEnd: false,
                cancellationToken);
    }

    async Task BackAsync(CancellationToken cancellationToken)
    {
        if (_awaySince is not { } since) return;
        if (_away is not null) await _ledger.NotePastAsync(_away, _time.GetUtcNow() - since - _options.DatabaseAway,
            _outageIsNotified, cancellationToken);
        (_awaySince, _away, _outageIsNotified) = (null, null, false);
    }

    async Task RepeatAsync(Func<CancellationToken, Task> action)
    {
        string? reported = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await action(_stop.Token);
                reported = null;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException
                or OperationCanceledException or InvalidOperationException)
            {
                // Once, and not every few seconds: a database may be without a ledger until somebody creates it.
                var reason = ReasonOf(failure);
                if (!_stop.IsCancellationRequested && reason != reported) EngineLog.AlertsFailed(_logger, reported = reason);
            }

            await Task.Delay(Period, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static string ReasonOf(Exception failure) => failure switch
    {
        PostgresException server when MissingLedger.Caused(server) => MissingLedger.Describe(server),
        PostgresException server => $"{server.MessageText} ({server.SqlState})",
        _ => failure.Message,
    };

    static AlertRow RowOf(AlertCondition condition, DateTimeOffset firedAt) => new()
    {
        Id = 0, // the ledger has not assigned one yet
        Rule = condition.Rule,
        Pipeline = condition.Pipeline,
        Node = condition.Node,
        Severity = condition.IsCritical ? "critical" : "warning",
        Message = condition.Message,
        Value = condition.Value,
        Threshold = condition.Threshold,
        FiredAt = firedAt,
        ResolvedAt = null,
    };

    static TimeSpan RetryAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, Math.Pow(2, Math.Min(attempts, 20))));
}
