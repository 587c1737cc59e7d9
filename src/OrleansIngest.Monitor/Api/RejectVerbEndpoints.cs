using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Monitor.Api;

/// <summary>Decisions about rejects that are not replayed.</summary>
static class RejectVerbEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        Add(RejectVerb.Ignore, "Ignores open rejects that are not needed: they no longer count as open. Nothing is deleted.");
        Add(RejectVerb.Reopen, "Reopens rejects that were ignored by an operator.");

        void Add(RejectVerb verb, string summary) =>
            api.MapPost($"/rejects/{verb.ToString().ToLowerInvariant()}",
                (HttpContext context, RejectVerbs rejects) => ApplyAsync(verb, context, rejects))
                .Describe($"{verb.ToString().ToLowerInvariant()}Rejects", "Operators",
                    $"{summary} One transaction, with an entry in the history for each pipeline. With `dryRun` it counts the "
                    + "rejects and changes nothing; its `upTo` with the same filter then selects exactly those.")
                .Accepts<RejectVerbRequest>("application/json").Produces<RejectReach>();
    }

    static async Task<IResult> ApplyAsync(RejectVerb verb, HttpContext context, RejectVerbs rejects)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.RejectVerbRequest);
        var filter = RejectEndpoints.Chosen(words?.Ids, words?.Filter);
        var act = new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(words!.Reason));
        try
        {
            return Results.Ok(
                await rejects.ApplyAsync(verb, filter, words.UpTo, act, words.DryRun, context.RequestAborted));
        }
        catch (PostgresException failure) when (
            failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return ProblemResult.NotNow("Another transaction has locked one of the rejects. Nothing has changed. Try again.");
        }
    }
}
