using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>Rejected records.</summary>
static class RejectEndpoints
{
    const string Tag = "Rejects";
    const int MostIds = 100_000;

    static readonly Dictionary<string, string?> States =
        new([.. RejectStates.All.Select(state => KeyValuePair.Create<string, string?>(state, state)), new("any", null)]);

    static readonly QueryParameter[] Filters =
    [
        QueryParameter.Pipeline, new("fileId", "Only rejects of this file."),
        new("reason", "Only rejects with this reason, such as bad_value."),
        new("issue", "Only rejects of this issue: an id from /rejects/issues."),
        new("table", "Only rejects of this table, as named by /rejects/issues."),
        new("q", "Only rejects with this text in record, path or detail; case is ignored."),
        new("status", "Only rejects in this state. Default: any; for issues, open.", [.. States.Keys]),
        QueryParameter.From, QueryParameter.To,
    ];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rejects", ListAsync).Describe("rejects", Tag,
            "Rejected records with their place and the reason, newest first.",
            [.. Filters, QueryParameter.Limit, QueryParameter.After]);
        api.MapGet("/rejects/summary", SummarizeAsync).Describe("rejectSummary", Tag,
            "Rejected records, counted by reason and by file.", Filters);
        api.MapGet("/rejects/issues", IssuesAsync).Describe("rejectIssues", Tag,
            "Rejects grouped into issues: one table, column and reason, and messages that differ only in numbers and quoted "
                + "values; the largest first.",
            [.. Filters, QueryParameter.Limit]);
        api.MapGet("/rejects/export", RejectDownload.SendAsync).Describe("rejectExport", Tag,
            "All matching rejected records as a file.",
            [new("format", "Default: csv.", [.. RejectDownload.Formats.Keys]), .. Filters])
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: "application/jsonl");
    }

    internal static RejectFilter Filter(ApiQuery query, string? status = null)
    {
        var (from, to) = query.Range();
        return new RejectFilter
        {
            Pipeline = query.Text("pipeline"),
            FileId = query.Key("fileId"),
            Reason = query.Text("reason"),
            Issue = Issue(query),
            Table = query.Text("table"),
            Text = query.Text("q"),
            Status = query.OneOf("status", status, States),
            From = from,
            To = to,
        };
    }

    /// <summary>The rejects of an action: by keys, or by a filter.</summary>
    internal static RejectFilter Chosen(IReadOnlyList<long>? ids, IReadOnlyDictionary<string, JsonElement>? given)
    {
        if ((ids is null) == (given is null))
            throw BadParametersException.Of("ids", "either ids or filter is required; an empty filter selects all");
        if (ids is not null) return ids.Count is > 0 and <= MostIds ? new RejectFilter { Ids = ids }
            : throw BadParametersException.Of("ids", FormattableString.Invariant($"must be 1 to {MostIds} keys"));
        var query = ApiQuery.Of(given!);
        var filter = Filter(query);
        query.Check();
        return filter;
    }

    static async Task<ViewList<RejectRow>> ListAsync(HttpRequest request, RejectViews rejects,
        CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query);
        var (limit, after) = (query.Limit(), query.After());
        query.Check();
        return await rejects.ListAsync(filter, limit, after, cancellationToken);
    }

    static long? Issue(ApiQuery query)
    {
        if (query.Text("issue") is not { } id) return null;
        if (RejectIssue.TryParseId(id, out var key)) return key;
        query.Refuse("issue", "must be an id from /rejects/issues: 16 hexadecimal digits");
        return null;
    }

    static async Task<RejectIssues> IssuesAsync(HttpRequest request, RejectIssueViews issues, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query, status: "open");
        var limit = query.Limit();
        query.Check();
        return await issues.ListAsync(filter, limit, cancellationToken);
    }

    static async Task<RejectSummary> SummarizeAsync(HttpRequest request, RejectViews rejects, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query);
        query.Check();
        return await rejects.SummarizeAsync(filter, cancellationToken);
    }
}
