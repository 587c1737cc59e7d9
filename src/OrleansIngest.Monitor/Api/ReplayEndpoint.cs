using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Monitor.Api;

/// <summary>Replay of rejects.</summary>
static class ReplayEndpoint
{
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
            var filter = RejectEndpoints.Chosen(words?.Ids, words?.Filter);
            var request = new ReplayRequest(filter, act) { Record = words!.Record, IsTrial = words.DryRun };
            var report = await replay.RunAsync(request, [], context.RequestAborted);
            return Results.Ok(new ReplayResult(report.Result.Replayed, report.Result.StillRejected, report.Refusals));
        }
        catch (TargetTableException failure)
        {
            return ProblemResult.NotNow(failure.Message);
        }
    }
}
