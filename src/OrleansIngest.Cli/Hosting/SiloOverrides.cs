using System.Net;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>Settings of a silo and its cluster, validated; null for the defaults.</summary>
sealed record SiloOverrides(IPAddress? Advertised = null, int? SiloPort = null, string? Cluster = null, int? MaxFiles = null)
{
    /// <summary>The options with these overrides.</summary>
    public SiloOptions Apply(SiloOptions silo)
    {
        if (Advertised is not null) silo = silo with { AdvertisedAddress = Advertised };
        // The two ports keep the distance of 11111 and 30000, so that a hundred pairs fit between them; only
        // outside Orleans clients use the second.
        if (SiloPort is { } port) silo = silo with
        {
            SiloPort = port,
            GatewayPort = port <= 46_546 ? port + 18_889 : port - 18_889
        };
        if (Cluster is not null) silo = silo with { Cluster = Cluster };
        if (MaxFiles is { } files) silo = silo with { Engine = silo.Engine with { Capacity = files } };
        return silo;
    }
}
