using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>What happened, and ranges of time compared.</summary>
static class HistoryEndpoints
{
    const string Tag = "History";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/history", ListAsync).Describe("history", Tag, "What happened, newest first.",
            QueryParameter.From, QueryParameter.To, QueryParameter.Pipeline, new("kind", "Kinds such as node.dead, or what they begin with such as operator; several with commas between them."),
            new("q", "Only with this text in detail, path, node or name, in any case."), QueryParameter.Limit, QueryParameter.After);
        api.MapGet("/history/compare", CompareAsync).Describe("compare", Tag, "Two ranges of time side by side.",
            new("aFrom", "Start of the first, ISO 8601. Needed."), new("aTo", "Its end. Needed."),
            new("bFrom", "Start of the second. Needed."), new("bTo", "Its end. Needed."), QueryParameter.Pipeline);
    }

    static async Task<ViewList<HistoryRow>> ListAsync(HttpRequest request, HistoryViews history, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var (from, to) = query.Range();
        var filter = new HistoryFilter
        {
            From = from,
            To = to,
            Pipeline = query.Text("pipeline"),
            Kinds = query.Text("kind")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            Text = query.Text("q"),
        };
        var (limit, after) = (query.Limit(), query.After());
        query.Check();
        return await history.ListAsync(filter, limit, after, cancellationToken);
    }

    static async Task<RangeComparison> CompareAsync(HttpRequest request, RangeViews ranges, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var (a, b) = (query.Range("aFrom", "aTo"), query.Range("bFrom", "bTo"));
        var pipeline = query.Text("pipeline");
        var (aFrom, aTo, bFrom, bTo) = (query.Needed(a.From, "aFrom"), query.Needed(a.To, "aTo"), query.Needed(b.From, "bFrom"), query.Needed(b.To, "bTo"));
        query.Check();
        return new RangeComparison(
            await ranges.ReadAsync(aFrom, aTo, pipeline, cancellationToken), await ranges.ReadAsync(bFrom, bTo, pipeline, cancellationToken));
    }
}
