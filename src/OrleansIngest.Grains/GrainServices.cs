using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Storage;

namespace OrleansIngest.Grains;

/// <summary>Registers what the grains need in a silo.</summary>
public static class GrainServices
{
    /// <summary>Call it after <c>UseOrleans</c>, so that its hosted services stop before the silo does.
    /// The silo needs a grain storage named
    /// <see cref="OperatorState.Store"/> as well, and must have the name of its node.</summary>
    /// <param name="services">The silo's.</param>
    /// <param name="local">The Engine of this process; its main node may be set later, before the silo
    /// starts, the others at any time.</param>
    public static IServiceCollection AddIngestGrains(this IServiceCollection services, LocalNodes local)
    {
        services.TryAddSingleton(TimeProvider.System);
        // or the caller gets the error that there is no codec instead of the cause
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add("Npgsql"));
        services.TryAddSingleton(local);
        services.AddSingleton<CoordinatorWakeUps>();
        services.AddSingleton<GrainFileWorkers>();
        services.AddSingleton<GrainSplitWorkers>();
        services.AddKeyedSingleton<IGrainStorage, LedgerGrainStorage>(LedgerGrainStorage.Name);
        services.AddHostedService<CoordinatorKeeper>();
        return services;
    }
}
