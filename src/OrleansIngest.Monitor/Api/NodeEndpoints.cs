using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>The nodes.</summary>
static class NodeEndpoints
{
    const string Tag = "Nodes";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/nodes", ListAsync).Describe("nodes", Tag, "Running nodes, then nodes that ended within the last 24 hours.");
        api.MapGet("/nodes/{name}", FindAsync).Describe("node", Tag,
            "A node with its last two hours, files and events.").Produces<NodeDetail>();
    }

    static async Task<ViewList<NodeRow>> ListAsync(HttpRequest request, NodeViews nodes, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new ViewList<NodeRow>(await nodes.ListAsync(cancellationToken));
    }

    static async Task<IResult> FindAsync(string name, HttpRequest request, NodeWorkViews nodes,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await nodes.DescribeAsync(name, cancellationToken) is { } node ? Results.Ok(node)
            : ProblemResult.NotFound($"The ledger has no node {name}.");
    }
}
