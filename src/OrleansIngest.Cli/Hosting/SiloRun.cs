using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Cli.Hosting.Reloading;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Monitor;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>A silo inside a command.</summary>
static class SiloRun
{
    /// <summary>Builds a silo that loads these pipelines; it is not started.</summary>
    /// <param name="context">Log and clock.</param>
    /// <param name="connectionString">A migrated database.</param>
    /// <param name="pipelines">What it loads, into all of the databases.</param>
    /// <param name="pages">Where the pages are served, and who may see them.</param>
    /// <param name="overrides">Settings of the cluster; null for the defaults.</param>
    /// <param name="followed">Where changes of the pipelines come from while it runs; null for none.</param>
    /// <param name="databases">The databases beside the main one; null for none.</param>
    /// <exception cref="CliException">A port is taken.</exception>
    public static SiloProgram Build(
        CliContext context, string connectionString, IReadOnlyList<PipelineOptions> pipelines, PagesConfiguration pages,
        SiloOverrides? overrides = null,
        FollowedConfiguration? followed = null, IReadOnlyDictionary<string, DatabaseSettings>? databases = null)
    {
        var node = NodeDescription.NewId();
        var monitor = MonitorRun.Options(connectionString, node.Value, pages, context.Configuration.Alerts,
            databases).WithPages(context) with
        { HasCluster = true };
        try
        {
            var options = new SiloOptions
            {
                Databases = SiloDatabases.Of(databases, pipelines),
                Engine = new IngestNodeOptions
                {
                    ConnectionString = connectionString,
                    Pipelines = [.. pipelines.Where(p => p.Database is null)],
                    Node = node,
                    Retention = context.Configuration.Retention
                },
                Http = pages.Http ?? PagesConfiguration.StandardHttp,
                HttpIsExplicit = pages.Http is not null,
                Certificate = pages.Certificate,
                CertificateChain = pages.Chain,
            };
            return SiloHost.Build(
                overrides?.Apply(options) ?? options,
                services =>
                {
                    services.AddSingleton(context.Time);
                    services.AddSingleton<IHostLifetime, CommandLifetime>();
                    services.AddLogging(builder => builder.UseOnly(context.Log));
                    services.AddIngestMonitor(monitor);
                    if (followed is null) return;
                    services.AddSingleton(followed);
                    services.AddSingleton<FollowedDatabases>();
                    services.AddHostedService<ConfigurationReload>();
                },
                MonitorEndpoints.Map);
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            throw new CliException(failure.Message);
        }
    }
}
