using System.CommandLine;
using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Commands.Verbs;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Alerts;

/// <summary>Acknowledges alerts.</summary>
sealed class AlertAckCommand : VerbCommand
{
    readonly Argument<string[]> _alerts = new("ALERT")
    {
        Description = "Numbers of firing alerts (ingest alerts list)",
        Arity = ArgumentArity.OneOrMore,
    };

    public AlertAckCommand()
        : base(
            "ack",
            "Acknowledge alerts: somebody is working on them. They stay until they are resolved, which still sends a message.",
            "ingest alerts ack 17 --why 'asked the producer'") => Add(_alerts);

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(
        CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var items = new List<VerbReportItem>();
        foreach (var alert in context.Get(_alerts)!)
            items.Add(VerbReportItem.Of($"alert {alert}", await new AlertOrders(dataSource).AcknowledgeAsync(
                AlertNumbers.Parse(alert), act, cancellationToken)));
        return new VerbReport(items).Print(context);
    }
}

/// <summary>Mutes alerts.</summary>
sealed class AlertMuteCommand : VerbCommand
{
    readonly Option<string> _for = new("--for")
    {
        Description = "For how long: 30m, 8h, 7d; at most 365d",
        HelpName = "DURATION",
        Required = true,
    };
    readonly Option<string?> _rule = new("--rule")
    {
        Description = $"Only alerts of this rule: {string.Join(", ", AlertRule.All)}. Default: every rule",
        HelpName = "RULE",
    };
    readonly Option<string?> _pipeline = new("--pipeline")
    {
        Description = "Only alerts of this pipeline. Default: all alerts",
        HelpName = "NAME",
    };

    public AlertMuteCommand()
        : base(
            "mute",
            "Mute alerts for a time: they are shown, but send no messages. Alerts that still fire at the end send their "
                + "message then.",
            "ingest alerts mute --for 8h --pipeline orders --rule quarantined --why 'known until tomorrow'",
            "ingest alerts mute --for 30m                                     # all of them")
    {
        _rule.AcceptOnlyFromAmong([.. AlertRule.All]);
        foreach (var option in new Option[] { _for, _rule, _pipeline }) Add(option);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(
        CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var (rule, pipeline) = (context.Get(_rule), context.Get(_pipeline));
        if (!DurationText.TryParse(context.Get(_for), out var span) || span <= TimeSpan.Zero || span > AlertOrders.Longest)
            throw CliException.Usage(
                $"--for must be {DurationText.Expected}, more than 0 and at most 365d, not '{context.Get(_for)}'");
        var mute = await new AlertOrders(dataSource).MuteAsync(rule, pipeline, span, act, cancellationToken)
            ?? throw await PipelineNames.UnknownAsync(dataSource, pipeline!, cancellationToken);
        var result = new VerbResult(
            VerbOutcome.Done, $"is active: {mute.Describe()} are muted until {Readable.Instant(mute.Until)}");
        return new VerbReport([VerbReportItem.Of($"mute {mute.Id}", result)]).Print(context);
    }
}

/// <summary>Ends mutes.</summary>
sealed class AlertUnmuteCommand : VerbCommand
{
    readonly Argument<string[]> _mutes = new("MUTE")
    {
        Description = "Numbers of mutes (ingest alerts mutes)",
        Arity = ArgumentArity.OneOrMore,
    };

    public AlertUnmuteCommand()
        : base("unmute", "End mutes now. Alerts that still fire send their message.", "ingest alerts unmute 3") => Add(_mutes);

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(
        CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var items = new List<VerbReportItem>();
        foreach (var mute in context.Get(_mutes)!)
            items.Add(VerbReportItem.Of(
                $"mute {mute}", await new AlertOrders(dataSource).UnmuteAsync(AlertNumbers.Parse(mute), act, cancellationToken)));
        return new VerbReport(items).Print(context);
    }
}

/// <summary>Parses numbers of alerts and mutes.</summary>
static class AlertNumbers
{
    public static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw CliException.Usage($"'{text}' is not a number, as shown by ingest alerts list and ingest alerts mutes");
}
