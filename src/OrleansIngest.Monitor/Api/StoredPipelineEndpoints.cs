using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Api;

/// <summary>Pipelines that are stored in the database.</summary>
static class StoredPipelineEndpoints
{
    const string Tag = "Pipelines";
    const string Mask = "***";

    static readonly QueryParameter Reason = new("reason", "The reason, for the history; at most 1000 characters.");

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/kept-pipelines", ListAsync).Describe("keptPipelines", Tag,
            "The pipelines that are stored in the database; secrets are masked.");
        api.MapGet("/pipelines/{name}/configuration", FindAsync).Describe("keptPipeline", Tag,
            "The newest version of a pipeline that is stored in the database; secrets are masked.").Produces<StoredPipelineRow>();
        api.MapGet("/pipelines/{name}/configuration/history", HistoryAsync).Describe("pipelineVersions", Tag,
            "All versions of a pipeline in the database, newest first, with author, time and reason.");
        api.MapPut("/pipelines/{name}/configuration", PutAsync).Describe("keepPipeline", Tag,
            "Stores a new or changed pipeline in the database. The body is a pipeline as in ingest.json; its name is optional. "
                + "Silos apply it within seconds.",
            new("after",
                "The version that was edited, 0 for a new pipeline; refused if the newest version is another one. Default: "
                    + "the newest."), Reason)
            .Accepts<PipelineOptions>("application/json").Produces<StoredPipelineRow>();
        api.MapDelete("/pipelines/{name}/configuration", RemoveAsync).Describe("forgetPipeline", Tag,
            "Removes a pipeline from the database. Silos finish its files in progress and claim no more. Its versions stay.",
            Reason)
            .Produces<StoredPipelineRow>();
    }

    static async Task<ViewList<StoredPipelineRow>> ListAsync(
        HttpRequest request, PipelineStore store, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new ViewList<StoredPipelineRow>(StoredPipelineRow.OfAll(await store.ListAsync(cancellationToken)));
    }

    static async Task<IResult> FindAsync(string name, HttpRequest request, PipelineStore store,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await store.FindAsync(name, cancellationToken) is { } kept ? Results.Ok(StoredPipelineRow.OfAll([kept])[0])
            : NotKept(name);
    }

    static async Task<IResult> HistoryAsync(string name, HttpRequest request, PipelineStore store,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        var versions = await store.HistoryAsync(name, cancellationToken);
        return versions.Count > 0 ? Results.Ok(new ViewList<StoredPipelineRow>(StoredPipelineRow.OfAll(versions)))
            : NotKept(name);
    }

    static async Task<IResult> PutAsync(string name, HttpContext context, PipelineStore store, MonitorDatabases databases)
    {
        var (act, after) = Read(context, takesVersion: true);
        var pipeline = await RequestBody.ReadAsync(context.Request, PipelineJson.Default.PipelineOptions)
            ?? throw new BadHttpRequestException("The body must be the pipeline, as in ingest.json.");
        if (pipeline.Name.Length == 0) pipeline.Name = name;
        var problems = PipelineStore.Check(pipeline,
            "").Select(problem => problem with { Path = problem.Path.TrimStart('.') }).ToList();
        if (pipeline.Name != name) problems.Add(new("name", $"must be {name}, as in the address, not '{pipeline.Name}'"));
        if (pipeline.Database is { } database && (database == databases.Main.Name || databases.Find(database) is null))
            problems.Add(
                new("database", $"'{database}' is not one of databases in the configuration; omit it for the main database"));
        if (PipelineJson.Write(pipeline).Contains(Mask, StringComparison.Ordinal))
            problems.Add(new("pipeline", $"contains {Mask}, the mask of secrets in responses: replace it with the secret"));
        if (problems.Count > 0)
            throw new BadParametersException(problems.GroupBy(p => p.Path).ToDictionary(group => group.Key,
                group => group.Select(p => p.Message).ToArray()));
        return await AnswerAsync(name, await store.PutAsync(pipeline, after, act, context.RequestAborted), context, store);
    }

    static async Task<IResult> RemoveAsync(string name, HttpContext context, PipelineStore store)
    {
        var (act, _) = Read(context, takesVersion: false);
        return await AnswerAsync(name, await store.RemoveAsync(name, act, context.RequestAborted), context, store);
    }

    static (OperatorAct Act, int? After) Read(HttpContext context, bool takesVersion)
    {
        var query = new ApiQuery(context.Request);
        var reason = query.Text("reason");
        var after = takesVersion ? query.Number("after", -1, 0, int.MaxValue) : -1;
        query.Check();
        return (new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(reason)), after < 0 ? null : after);
    }

    static async Task<IResult> AnswerAsync(string name, VerbResult result, HttpContext context, PipelineStore store) =>
        result.Outcome switch
        {
            VerbOutcome.Unknown => NotKept(name),
            VerbOutcome.Refused => ProblemResult.NotNow($"Pipeline {name} {result.Message}."),
            _ => Results.Ok(StoredPipelineRow.OfAll(await store.HistoryAsync(name, context.RequestAborted))[0]),
        };

    static IResult NotKept(string name) => ProblemResult.NotFound(
        $"Pipeline {name} is not stored in the database. /api/v1/kept-pipelines lists the stored pipelines.");
}
