using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Api;

/// <summary>Alerts: listed, acknowledged, muted.</summary>
static class AlertEndpoints
{
    const string Tag = "Alerts";

    static readonly Dictionary<string, bool?> States = new() { ["firing"] = true, ["resolved"] = false, ["all"] = null };

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).Describe("alerts", Tag,
            "Alerts: firing ones, then those that are acknowledged or muted, then resolved ones; each newest first.",
            new("state", "Default: all.", [.. States.Keys]), QueryParameter.Limit, QueryParameter.After);
        api.MapGet("/alerts/mutes", MutesAsync).Describe("mutes", Tag, "Active mutes, the first to end first.");
        api.MapPost("/alerts/{id:long}/acknowledge", AcknowledgeAsync).Takes(
            "acknowledge", "Acknowledges a firing alert. The alert stays until its condition has ended.")
            .Produces(StatusCodes.Status204NoContent);
        api.MapPost("/alerts/mutes", MuteAsync)
            .Describe("mute", Tag,
                "Mutes alerts for a time: they are shown and send no message. An alert that still fires when the mute ends sends "
                    + "its message then.")
            .Accepts<MuteRequest>("application/json").Produces<AlertMuteRow>();
        api.MapDelete("/alerts/mutes/{id:long}", UnmuteAsync).Takes("unmute", "Ends a mute now.").Produces(
            StatusCodes.Status204NoContent);
    }

    static async Task<ViewList<AlertRow>> ListAsync(HttpRequest request, AlertViews alerts, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var firing = query.OneOf("state", null, States);
        var (limit, after) = (query.Limit(), query.After());
        query.Check();
        return await alerts.ListAsync(firing, limit, after, cancellationToken);
    }

    static async Task<ViewList<AlertMuteRow>> MutesAsync(
        HttpRequest request, AlertOrders alerts, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new ViewList<AlertMuteRow>(await alerts.MutesAsync(cancellationToken));
    }

    static async Task<IResult> AcknowledgeAsync(long id, HttpContext context, AlertOrders alerts) =>
        Answer("Alert", id, await alerts.AcknowledgeAsync(id, await OperatorEndpoints.ActAsync(context), context.RequestAborted));

    static async Task<IResult> UnmuteAsync(long id, HttpContext context, AlertOrders alerts) =>
        Answer("Mute", id, await alerts.UnmuteAsync(id, await OperatorEndpoints.ActAsync(context), context.RequestAborted));

    static async Task<IResult> MuteAsync(HttpContext context, AlertOrders alerts)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.MuteRequest);
        if (!DurationText.TryParse(words?.For, out var span) || span <= TimeSpan.Zero || span > AlertOrders.Longest)
            throw BadParametersException.Of("for",
                $"must be {DurationText.Expected}, more than 0 and at most {AlertOrders.Longest.TotalDays} days");
        if (words!.Rule is { } rule && !AlertRule.All.Contains(rule)) throw BadParametersException.Of(
            "rule", $"must be one of {string.Join(", ", AlertRule.All)}");
        var act = new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(words.Reason));
        return await alerts.MuteAsync(words.Rule, words.Pipeline, span, act, context.RequestAborted) is { } mute
            ? Results.Ok(mute)
            : ProblemResult.NotFound($"The ledger has no pipeline {words.Pipeline}.");
    }

    static IResult Answer(string what, long id, VerbResult result)
    {
        var text = FormattableString.Invariant($"{what} {id} {result.Message}.");
        return result.Outcome switch
        {
            VerbOutcome.Unknown => ProblemResult.NotFound(text),
            VerbOutcome.Refused => ProblemResult.NotNow(text),
            _ => Results.NoContent(),
        };
    }
}
