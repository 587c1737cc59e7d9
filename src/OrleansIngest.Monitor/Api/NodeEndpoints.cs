using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>The nodes.</summary>
static class NodeEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/nodes", ListAsync).Describe("nodes", "Nodes", "Those that work, and those that ended within the last 24 hours; working ones first.");

    static async Task<ViewList<NodeRow>> ListAsync(HttpRequest request, NodeViews nodes, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new ViewList<NodeRow>(await nodes.ListAsync(cancellationToken));
    }
}
