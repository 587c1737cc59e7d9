using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>The history, comparisons and reports of time ranges.</summary>
static partial class HistoryEndpoints
{
    const string Tag = "History";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/history", ListAsync).Describe("history", Tag, "The history, newest first.",
            QueryParameter.From, QueryParameter.To, QueryParameter.Pipeline,
            new("kind", "Kinds such as node.dead, or prefixes such as operator, separated by commas."),
            new("q", "Only events with this text in detail, path, node or name; case is ignored."), QueryParameter.Limit,
            QueryParameter.After);
        api.MapGet("/history/compare", CompareAsync).Describe("compare", Tag, "Two time ranges side by side.",
            new("aFrom", "Start of the first, ISO 8601. Required."), new("aTo", "Its end. Required."),
            new("bFrom", "Start of the second. Required."), new("bTo", "Its end. Required."), QueryParameter.Pipeline);
        api.MapGet("/report", ReportAsync).Describe("report", Tag,
            "The report of a time range: sums, a digest in one sentence, and the alerts, pauses and lost nodes.",
            new("from", "Start, ISO 8601. Required."), new("to", "End, ISO 8601. Default: now."), QueryParameter.Pipeline,
            new("timeZone", "Time zone of the digest, such as Europe/Berlin. Default: UTC."));
    }

    static async Task<ViewList<HistoryRow>> ListAsync(
        HttpRequest request, HistoryViews history, CancellationToken cancellationToken)
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
        var (aFrom, aTo, bFrom, bTo) = (query.Needed(a.From, "aFrom"), query.Needed(a.To, "aTo"), query.Needed(b.From, "bFrom"),
            query.Needed(b.To, "bTo"));
        query.Check();
        return new RangeComparison(
            await ranges.ReadAsync(aFrom, aTo, pipeline, cancellationToken),
            await ranges.ReadAsync(bFrom, bTo, pipeline, cancellationToken));
    }

    /// <summary>The name becomes a path below the machine's time zones and must not lead out of it.</summary>
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+\-]{0,31}(/[A-Za-z0-9_+\-]{1,31}){0,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();

    static async Task<Report> ReportAsync(HttpRequest request, ReportViews reports, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var (given, to) = query.Range();
        var from = query.Needed(given, "from");
        var pipeline = query.Text("pipeline");
        var zone = TimeZoneInfo.Utc;
        if (query.Text("timeZone") is { } name
            && !(ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!)))
            query.Refuse("timeZone", "must be a time zone of the server, such as Europe/Berlin");
        query.Check();
        return await reports.ReadAsync(from, to, pipeline, zone, cancellationToken);
    }
}
