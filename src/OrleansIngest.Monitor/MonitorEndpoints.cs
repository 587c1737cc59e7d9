using Microsoft.AspNetCore.Builder;
using OrleansIngest.Monitor.Api;
using OrleansIngest.Monitor.Live;
using OrleansIngest.Monitor.Pages;
using OrleansIngest.Monitor.Security;
using OrleansIngest.Monitor.Telemetry;

namespace OrleansIngest.Monitor;

/// <summary>The monitor in a web program: REST, live events and pages.</summary>
public static class MonitorEndpoints
{
    /// <summary>Maps everything; needs <see cref="MonitorServices.AddIngestMonitor"/>, and routing in front of it.</summary>
    public static void Map(WebApplication web)
    {
        web.UseMiddleware<SecurityHeaders>();
        web.UseMiddleware<ApiProblems>();
        web.UseMiddleware<HostCheck>();
        web.UseMiddleware<AccessCheck>();
        web.UseMiddleware<DatabaseChoice>();
        web.MapOpenApi("/openapi/{documentName}.json");
        var api = web.MapGroup("/api/v1");
        AboutEndpoints.Map(api);
        SessionEndpoints.Map(api);
        PipelineEndpoints.Map(api);
        FileEndpoints.Map(api);
        ExaminationEndpoints.Map(api);
        NodeEndpoints.Map(api);
        RejectEndpoints.Map(api);
        HistoryEndpoints.Map(api);
        AlertEndpoints.Map(api);
        ConfigurationEndpoints.Map(api);
        OperatorEndpoints.Map(api);
        BulkEndpoint.Map(api);
        ReplayEndpoint.Map(api);
        RejectVerbEndpoints.Map(api);
        StoredPipelineEndpoints.Map(api);
        DropEndpoints.Map(api);
        RowEndpoints.Map(api);
        LiveEndpoints.Map(api);
        PageEndpoints.Map(web);
        web.MapIngestMetrics();
    }
}
