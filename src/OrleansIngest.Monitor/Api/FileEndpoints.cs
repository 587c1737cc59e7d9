using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>Files.</summary>
static class FileEndpoints
{
    const string Tag = "Files";

    static readonly string[] States = [.. FileStates.All];

    static readonly Dictionary<string, FileSort> Sorts = new()
    {
        ["path"] = FileSort.Path,
        ["size"] = FileSort.Size,
        ["mtime"] = FileSort.Mtime,
        ["finishedAt"] = FileSort.FinishedAt,
        ["discoveredAt"] = FileSort.DiscoveredAt,
        ["rows"] = FileSort.Rows,
        ["rejected"] = FileSort.Rejected,
        ["durationMs"] = FileSort.DurationMs,
    };

    static readonly Dictionary<string, bool> Directions = new() { ["asc"] = false, ["desc"] = true };

    static readonly QueryParameter Search = new("q", "Only files with this text in their path; case is ignored.");

    static readonly QueryParameter OfNode = new("node", "Only files that this node loads or loaded.");

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/files", ListAsync).Describe("files", Tag, "Files, searched, sorted and paged.",
            QueryParameter.Pipeline, new("status", "Only files in these states, separated by commas.", States),
            Search, OfNode,
            new("sort", "Default: discoveredAt.", [.. Sorts.Keys]), new("dir", "Default: desc.", "asc", "desc"),
            QueryParameter.Limit, QueryParameter.After);
        api.MapGet("/files/counts", CountAsync).Describe("fileCounts", Tag,
            "Numbers of files by state, with the same filters as /files.",
            QueryParameter.Pipeline, Search, OfNode).Produces<FileStateCounts>();
        api.MapGet("/files/{id:long}", FindAsync).Describe("file", Tag,
            "A file with its batches and its history.").Produces<FileDetail>();
    }

    static async Task<ViewList<FileRow>> ListAsync(HttpRequest request, FileViews files, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = Filter(query) with
        {
            Sort = query.OneOf("sort", FileSort.DiscoveredAt, Sorts),
            Descending = query.OneOf("dir", true, Directions),
        };
        var (limit, after) = (query.Limit(), query.After());
        query.Check();
        return await files.ListAsync(filter, limit, after, cancellationToken);
    }

    static async Task<FileStateCounts> CountAsync(HttpRequest request, FileStateViews states, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(request);
        var filter = new FileFilter { Pipeline = query.Text("pipeline"), Text = query.Text("q"), Node = query.Text("node") };
        query.Check();
        return await states.CountAsync(filter, cancellationToken);
    }

    /// <summary>The filter parameters of <c>/files</c>.</summary>
    internal static FileFilter Filter(ApiQuery query) => new()
    {
        Pipeline = query.Text("pipeline"),
        Statuses = query.SomeOf("status", States),
        Text = query.Text("q"),
        Node = query.Text("node"),
    };

    static async Task<IResult> FindAsync(long id, HttpRequest request, FileViews files, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await files.DescribeAsync(new FileId(id), cancellationToken) is { } file ? Results.Ok(file) : NoSuchFile(id);
    }

    internal static IResult NoSuchFile(long id) =>
        ProblemResult.NotFound(FormattableString.Invariant($"The ledger has no file {id}."));
}
