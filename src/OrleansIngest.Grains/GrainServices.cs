using Microsoft.Extensions.DependencyInjection;

namespace OrleansIngest.Grains;

/// <summary>Registers what the grains need in a silo.</summary>
public static class GrainServices
{
    /// <summary>Call it after <c>UseOrleans</c>: what it hosts stops before the silo does.</summary>
    public static IServiceCollection AddIngestGrains(this IServiceCollection services) => services;
}
