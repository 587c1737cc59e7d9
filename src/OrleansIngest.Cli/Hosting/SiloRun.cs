using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Cli.Logging;
using OrleansIngest.Cli.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>A silo inside a command.</summary>
static class SiloRun
{
    /// <summary>The address of the pages when none is given.</summary>
    public static IPEndPoint StandardHttp { get; } = new(IPAddress.Loopback, 8080);

    /// <summary>Builds a silo that loads these pipelines; it is not started.</summary>
    /// <param name="context">Log and clock.</param>
    /// <param name="connectionString">A migrated database.</param>
    /// <param name="pipelines">What it loads.</param>
    /// <param name="http">Where the pages are served; null takes <see cref="StandardHttp"/>, or the next free port.</param>
    /// <exception cref="CliException">A port is taken.</exception>
    public static SiloProgram Build(CliContext context, string connectionString, IReadOnlyList<PipelineOptions> pipelines, IPEndPoint? http)
    {
        try
        {
            return SiloHost.Build(
                new SiloOptions
                {
                    Engine = new IngestNodeOptions { ConnectionString = connectionString, Pipelines = pipelines },
                    Http = http ?? StandardHttp,
                    HttpIsExplicit = http is not null,
                },
                services =>
                {
                    services.AddSingleton(context.Time);
                    services.AddLogging(builder => builder.UseOnly(context.Log));
                });
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            throw new CliException(failure.Message);
        }
    }
}
