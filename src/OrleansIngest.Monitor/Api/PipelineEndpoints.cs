using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>The overview, the pipelines, and their series.</summary>
static class PipelineEndpoints
{
    const string Tag = "Pipelines";
    const int StandardPoints = 300;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/overview", OverviewAsync).Describe("overview", Tag, "The overview, with the last five minutes.");
        api.MapGet("/pipelines", ListAsync).Describe("pipelines", Tag, "All pipelines.");
        api.MapGet("/pipelines/{name}", FindAsync).Describe("pipeline", Tag,
            "One pipeline with its configuration and its last five minutes.").Produces<PipelineDetail>();
        api.MapGet("/pipelines/{name}/progress", ProgressAsync).Describe("progress", Tag,
            "Windows of five seconds in the format of Spark's StreamingQueryProgress, newest last.",
            new QueryParameter("last", $"Number of windows, 1 to {ProgressViews.MostWindows}. Default: 1."))
            .Produces<IReadOnlyList<StreamingQueryProgress>>();
        api.MapGet("/pipelines/{name}/status", StatusAsync).Describe("status", Tag,
            "The state of a pipeline in the format of Spark's StreamingQueryStatus.").Produces<QueryStatus>();
        api.MapGet("/series", SeriesAsync).Describe("series", Tag,
            "Measurements of a time range; the server chooses the resolution.",
            QueryParameter.Pipeline, new("from", "Start, ISO 8601. Default: five minutes before `to`."),
            new("to", "End, ISO 8601. Default: now."),
            new("points", $"Approximate number of steps, 1 to {SeriesViews.MaximumPoints}. Default: {StandardPoints}."));
    }

    static Task<Overview> OverviewAsync(HttpRequest request, PipelineViews pipelines, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return pipelines.OverviewAsync(cancellationToken);
    }

    static async Task<ViewList<PipelineSummary>> ListAsync(
        HttpRequest request, PipelineViews pipelines, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new ViewList<PipelineSummary>((await pipelines.CurrentOverviewAsync(cancellationToken)).Pipelines);
    }

    static async Task<IResult> FindAsync(string name, HttpRequest request, PipelineViews pipelines,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await pipelines.FindAsync(name, cancellationToken) is { } pipeline ? Results.Ok(pipeline) : NoSuchPipeline(name);
    }

    static async Task<IResult> ProgressAsync(
        string name, HttpRequest request, PipelineViews pipelines, ProgressViews progress, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var last = query.Number("last", 1, 1, ProgressViews.MostWindows);
        query.Check();
        var (pipeline, coordinator, now) = await pipelines.CurrentPipelineAsync(name, cancellationToken);
        return pipeline is null ? NoSuchPipeline(name)
            : Results.Ok(await progress.ReadAsync(pipeline, coordinator, now, last, cancellationToken));
    }

    static async Task<IResult> StatusAsync(string name, HttpRequest request, PipelineViews pipelines,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        var (pipeline, _, _) = await pipelines.CurrentPipelineAsync(name, cancellationToken);
        return pipeline is null
            ? NoSuchPipeline(name)
            : Results.Ok(new QueryStatus(pipeline.StatusReason, pipeline.Backlog.Files > 0, pipeline.InFlight.Files > 0));
    }

    static async Task<Series> SeriesAsync(HttpRequest request, SeriesViews series, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var pipeline = query.Text("pipeline");
        var (from, to) = query.Range();
        var points = query.Number("points", StandardPoints, 1, SeriesViews.MaximumPoints);
        query.Check();
        return await series.ReadAsync(pipeline, from, to, points, cancellationToken);
    }

    static IResult NoSuchPipeline(string name) =>
        ProblemResult.NotFound($"The ledger has no pipeline {name}. /api/v1/pipelines lists all pipelines.");
}
