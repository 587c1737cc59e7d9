using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Alerts;

/// <summary>Shows alerts.</summary>
sealed class AlertListCommand : QueryCommand
{
    readonly Option<bool> _all = new("--all") { Description = "Show resolved alerts too, newest first" };
    readonly PageOptions _page = new();

    public AlertListCommand()
        : base("list", "Show firing alerts.", "ingest alerts list", "ingest alerts list --all --limit 10")
    {
        Add(_all);
        _page.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var alerts = await new AlertViews(dataSource).ListAsync(
            context.Get(_all) ? null : true, _page.Limit(context), _page.After(context), cancellationToken);
        var table = new TextTable(
            new("ALERT", true), "SEVERITY", "RULE", new("PIPELINE", Rank: 2, Label: "pipeline"),
            new("STATE", Rank: 1, Label: "state"), new("SINCE", IsInstant: true), new("MESSAGE", IsBelow: true))
        {
            WhenEmpty = "no alerts are firing",
        };
        foreach (var alert in alerts.Items)
        {
            table.Add(
                $"{alert.Id}", alert.Severity, alert.Rule, alert.Pipeline, State(alert), Readable.Instant(alert.FiredAt),
                alert.Message);
        }

        return new QueryResult(() => ReadableJson.Of(alerts, ViewJson.Default.ViewListAlertRow), [table],
            PageOptions.More(alerts, "alerts"))
        { Total = PageOptions.Total(alerts) };
    }

    static string State(AlertRow alert) =>
        alert.ResolvedAt is { } over ? $"resolved at {Readable.Instant(over)}"
        : alert.MutedUntil is { } until ? $"muted until {Readable.Instant(until)}"
        : alert.AcknowledgedBy is { } who ? $"acknowledged by {who}"
        : "firing";
}

/// <summary>Shows mutes.</summary>
sealed class AlertMutesCommand() : QueryCommand("mutes", "Show the active mutes.", "ingest alerts mutes")
{
    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var mutes = new ViewList<AlertMuteRow>(await new AlertOrders(dataSource).MutesAsync(cancellationToken));
        var table = new TextTable(new("MUTE", true), "RULE", "PIPELINE", new("UNTIL", IsInstant: true),
            new("WHO", Rank: 1), new("REASON", IsBelow: true))
        {
            WhenEmpty = "no active mutes",
        };
        foreach (var mute in mutes.Items) table.Add(
            $"{mute.Id}", mute.Rule ?? "any", mute.Pipeline ?? "any", Readable.Instant(mute.Until), mute.Who, mute.Reason);
        return new QueryResult(() => ReadableJson.Of(mutes, ViewJson.Default.ViewListAlertMuteRow), [table]);
    }
}
