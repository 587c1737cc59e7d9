using System.CommandLine;
using System.Globalization;
using Npgsql;
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
            "Acknowledge alerts: somebody takes care of them. They stay until their conditions have ended; the end is still sent.",
            "ingest alerts ack 17 --why 'the producer is asked'") => Add(_alerts);

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
        Description = "Only alerts of this pipeline. Default: every pipeline, and alerts of none",
        HelpName = "NAME",
    };

    public AlertMuteCommand()
        : base(
            "mute",
            "Mute alerts for a time: they are shown, and send no message. What still fires at the end sends its message then.",
            "ingest alerts mute --for 8h --pipeline orders --rule quarantined --why 'known until tomorrow'",
            "ingest alerts mute --for 30m                                     # all of them")
    {
        foreach (var option in new Option[] { _for, _rule, _pipeline }) Add(option);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(
        CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var (rule, pipeline) = (context.Get(_rule), context.Get(_pipeline));
        if (rule is not null && !AlertRule.All.Contains(rule)) throw CliException.Usage(
            $"--rule must be one of {string.Join(", ", AlertRule.All)}, not '{rule}'");
        if (!DurationText.TryParse(context.Get(_for), out var span) || span <= TimeSpan.Zero || span > AlertOrders.Longest)
            throw CliException.Usage(
                $"--for must be {DurationText.Expected}, more than 0 and at most 365d, not '{context.Get(_for)}'");
        var mute = await new AlertOrders(dataSource).MuteAsync(rule, pipeline, span, act, cancellationToken)
            ?? throw new CliException($"the ledger knows no pipeline {pipeline}");
        var result = new VerbResult(
            VerbOutcome.Done, $"is in force: {mute.Describe()} send no message until {Readable.Instant(mute.Until)}");
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
        : base("unmute", "End mutes now. What still fires sends its message.", "ingest alerts unmute 3") => Add(_mutes);

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

/// <summary>Numbers of alerts and mutes, as people type them.</summary>
static class AlertNumbers
{
    public static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw CliException.Usage($"'{text}' is not a number, as ingest alerts list and ingest alerts mutes show them");
}
