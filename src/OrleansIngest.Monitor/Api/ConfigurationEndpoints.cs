using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>The configuration.</summary>
static class ConfigurationEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/configuration", ReadAsync).Describe("configuration", "About",
            "The configuration of this program and of the pipelines; secrets are masked.");

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
