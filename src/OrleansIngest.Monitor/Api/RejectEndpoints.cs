using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>Rejected records.</summary>
static class RejectEndpoints
{
    const string Tag = "Rejects";

    static readonly Dictionary<string, string?> States = new() { ["open"] = "open", ["replayed"] = "replayed", ["ignored"] = "ignored" };

    static readonly QueryParameter[] Filters =
    [
        QueryParameter.Pipeline, new("fileId", "Only of this file."), new("reason", "Only with this code, such as bad_value."),
        new("q", "Only with this text in record, path or detail, in any case."), new("status", "Only in this state.", [.. States.Keys]),
        QueryParameter.From, QueryParameter.To,
    ];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rejects", ListAsync).Describe("rejects", Tag, "Rejected records with their place and the reason, newest first.",
            [.. Filters, QueryParameter.Limit, QueryParameter.After]);
        api.MapGet("/rejects/summary", SummarizeAsync).Describe("rejectSummary", Tag, "Rejected records, counted by reason and by file.", Filters);
        api.MapGet("/rejects/export", RejectDownload.SendAsync).Describe("rejectExport", Tag, "All rejected records that match, whole, as a file.",
            [new("format", "Default: csv.", [.. RejectDownload.Formats.Keys]), .. Filters])
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: "application/jsonl");
    }

    internal static RejectFilter Filter(ApiQuery query)
    {
        var (from, to) = query.Range();
        return new RejectFilter
        {
            Pipeline = query.Text("pipeline"),
            FileId = query.Key("fileId"),
            Reason = query.Text("reason"),
            Text = query.Text("q"),
            Status = query.OneOf("status", null, States),
            From = from,
            To = to,
        };
    }

    static async Task<ViewList<RejectRow>> ListAsync(HttpRequest request, RejectViews rejects, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query);
        var (limit, after) = (query.Limit(), query.After());
        query.Check();
        return await rejects.ListAsync(filter, limit, after, cancellationToken);
    }

    static async Task<RejectSummary> SummarizeAsync(HttpRequest request, RejectViews rejects, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query);
        query.Check();
        return await rejects.SummarizeAsync(filter, cancellationToken);
    }
}
