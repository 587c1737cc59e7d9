using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>How it is set up.</summary>
static class ConfigurationEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/configuration", ReadAsync).Describe("configuration", "About", "How this program and the pipelines are set up; secrets are masked.");

    static async Task<Configuration> ReadAsync(
        HttpRequest request, PipelineViews pipelines, NodeConfigurations nodes, MonitorOptions options, MonitorDatabase database,
        CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return new Configuration(await pipelines.ConfigurationsAsync(cancellationToken), options.Shown, database.Shown)
        {
            Nodes = await nodes.ListAsync(cancellationToken),
        };
    }
}
