using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Orleans.Dashboard;

namespace OrleansIngest.Silo;

/// <summary>Orleans' Dashboard, mapped at the first request for it.</summary>
/// <remarks>Mapping it reads all of its pages, 17 MB, to hash them: memory that a silo without visitors does not need.</remarks>
static class LazyDashboard
{
    const string Prefix = "/cluster";

    /// <summary>Serves it below <c>/cluster</c>.</summary>
    public static void Map(WebApplication web)
    {
        var pages = new Lazy<RequestDelegate>(() => Build(web.Services));
        web.Map(Prefix + "/{**page}", context =>
        {
            // From here on, its own routes decide.
            context.SetEndpoint(null);
            context.Request.RouteValues.Clear();
            return DashboardLink.AnswerAsync(context, pages.Value);
        });
    }

    static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseEndpoints(routes => routes.MapOrleansDashboard(routePrefix: Prefix));
        return app.Build();
    }
}
