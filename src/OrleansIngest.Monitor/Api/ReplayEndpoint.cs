using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Monitor.Api;

/// <summary>Replay of rejects.</summary>
static class ReplayEndpoint
{
    const int MostIds = 100_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rejects/replay", ReplayAsync)
            .Describe("replayRejects", "Operators",
                "Replays open rejects after the table, the rules or the options were corrected, or one reject with the edited "
                + "`record`. Records that fit are inserted into the table, each once. With `dryRun` it reports the effect and "
                + "changes nothing.")
            .Accepts<RejectReplayRequest>("application/json").Produces<ReplayResult>();

    static async Task<IResult> ReplayAsync(HttpContext context, RejectReplay replay)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.RejectReplayRequest);
        if (words is { Record: not null, Ids: not { Count: 1 } })
            throw BadParametersException.Of("record", "replaces one reject: ids must contain exactly its key");
        var act = new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(words?.Reason));
        try
        {
            var request = new ReplayRequest(Filter(words), act) { Record = words!.Record, IsTrial = words.DryRun };
            var report = await replay.RunAsync(request, [], context.RequestAborted);
            return Results.Ok(new ReplayResult(report.Result.Replayed, report.Result.StillRejected, report.Refusals));
        }
        catch (TargetTableException failure)
        {
            return ProblemResult.NotNow(failure.Message);
        }
    }

    static RejectFilter Filter(RejectReplayRequest? words)
    {
        if ((words?.Ids is null) == (words?.Filter is null))
            throw BadParametersException.Of("ids", "either ids or filter is required; an empty filter selects all");
        if (words!.Ids is { } ids) return ids.Count is > 0 and <= MostIds ? new RejectFilter { Ids = ids }
            : throw BadParametersException.Of("ids", FormattableString.Invariant($"must be 1 to {MostIds} keys"));
        var query = ApiQuery.Of(words.Filter!);
        var filter = RejectEndpoints.Filter(query);
        query.Check();
        return filter;
    }
}
