using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansIngest.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OrleansIngest to a host.</summary>
public static class IngestServiceCollectionExtensions
{
    /// <summary>Loads files that appear in directories into PostgreSQL, exactly once, as long as the host runs.</summary>
    /// <remarks>Several hosts may run the same pipelines on one database: each file is loaded by one of them, and the files of
    /// a host that dies are resumed by the others at their last commit. <c>ingest status</c>, <c>pause</c>, <c>replay</c> and
    /// the pages of <c>ingest monitor</c> work with it as with a silo.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the database and the pipelines.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddOrleansIngest(this IServiceCollection services, Action<IngestHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<IngestHostOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IngestHostOptions>, IngestHostChecks>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<IngestService>();
        return services;
    }
}
