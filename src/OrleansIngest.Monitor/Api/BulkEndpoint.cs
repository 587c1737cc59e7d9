using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>Verbs for all matching files.</summary>
static class BulkEndpoint
{
    const int MostIds = 100_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/files/bulk", ApplyAsync)
            .Describe("bulk", "Operators",
                "Applies one verb to many files, in one transaction with one entry in the history. With "
                + "`dryRun` it counts the files and changes nothing; its `ids`, or its `upTo` with the same filter, then select "
                + "exactly the counted files.")
            .Accepts<BulkRequest>("application/json").Produces<BulkReport>();

    static async Task<IResult> ApplyAsync(HttpContext context, BulkLedger ledger)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.BulkRequest);
        if (words?.Verb is null || !BulkVerb.ByName.TryGetValue(words.Verb, out var verb)) throw BadParametersException.Of(
            "verb", $"must be one of {string.Join(", ", BulkVerb.ByName.Keys)}");
        if (words is { Ids: null, Filter: null })
            throw BadParametersException.Of("filter", "is required, or ids; an empty filter selects all");
        if (words.Ids is not null and not { Count: > 0 and <= MostIds }) throw BadParametersException.Of(
            "ids", FormattableString.Invariant($"must be 1 to {MostIds} keys"));
        if (words is { Ids: null, UpTo: null, DryRun: false }) throw BadParametersException.Of(
            "upTo", "is required with a filter, to exclude files that were discovered later: the upTo of a dry run");
        var act = new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(words.Reason));
        try
        {
            return Results.Ok(await ledger.ApplyAsync(
                verb, new BulkChoice(Filter(words)) { Ids = words.Ids, UpTo = words.UpTo }, [], act, words.DryRun,
                context.RequestAborted));
        }
        catch (PostgresException failure) when (verb == BulkVerb.Undo && UndoLedger.IsRefusal(failure))
        {
            return ProblemResult.NotNow($"No file was undone: {failure.MessageText}.");
        }
        catch (PostgresException failure) when (
            failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return ProblemResult.NotNow("Another transaction has locked one of the files. Nothing has changed. Try again.");
        }
    }

    static FileFilter Filter(BulkRequest words)
    {
        if (words.Filter is null) return new FileFilter();
        var query = ApiQuery.Of(words.Filter);
        var filter = FileEndpoints.Filter(query);
        query.Check();
        return filter;
    }
}
