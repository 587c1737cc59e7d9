using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Silo;

/// <summary>Options of a silo.</summary>
public sealed record SiloOptions
{
    /// <summary>The Engine of this process. The silo gives the node its address, and has the node's name. Orleans' own tables are
    /// in the same database, schema <c>orleans</c>, created by <c>ingest migrate</c>.</summary>
    public required IngestNodeOptions Engine { get; init; }

    /// <summary>Further databases, each with a ledger and a node of its own; the silo does not
    /// wait for them. Default: none.</summary>
    public IReadOnlyList<SiloDatabase> Databases { get; init; } = [];

    /// <summary>Silos with the same cluster name on one database form one cluster, and share the state of their coordinators. 1
    /// to 100 characters. Default: ingest.</summary>
    public string Cluster { get; init; } = "ingest";

    /// <summary>The first port to try for traffic between silos, 1 to 65,435; the next free pair of the hundred that follow is
    /// taken. Default: 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>The port for external Orleans clients that belongs to <see cref="SiloPort"/>; both advance
    /// together. Default: 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>The address at which other silos reach this one; never a service name, never a load balancer. Null: the
    /// container's own address in a container, otherwise 127.0.0.1, which is right for any number of silos on
    /// one machine. Default: null.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>Where the pages and the API are served. Port 0: any free one. Default: 127.0.0.1:8080.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>Whether <see cref="Http"/> was requested explicitly: then a port in use is an error; otherwise the next free
    /// one of the hundred that follow serves. Default: false.</summary>
    public bool HttpIsExplicit { get; init; }

    /// <summary>With its private key: the pages are served over TLS. Default: null, without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The certificates between <see cref="Certificate"/> and its authority. Default: null, none.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>Maximum duration of a shutdown, from the signal to the exit: 1 to 60 s. It must be shorter than the time that the
    /// process manager waits before it kills (Docker 10 s, Kubernetes 30 s). Default: 9 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and its range.</exception>
    public void Validate()
    {
        Require(Cluster.Length is >= 1 and <= 100, nameof(Cluster), "1 to 100 characters");
        Require(SiloPort is >= 1 and <= 65_435, nameof(SiloPort), "1 to 65,435");
        Require(GatewayPort is >= 1 and <= 65_435, nameof(GatewayPort), "1 to 65,435");
        Require(SiloPort != GatewayPort, nameof(GatewayPort), $"other than {nameof(SiloPort)}");
        Require(ShutdownTimeout >= TimeSpan.FromSeconds(1) && ShutdownTimeout <= TimeSpan.FromSeconds(60),
            nameof(ShutdownTimeout), "1 to 60 s");
        Require(AdvertisedAddress is null || !Silo.AdvertisedAddress.IsAny(AdvertisedAddress),
            nameof(AdvertisedAddress), "an address that others can connect to");

        static void Require(bool holds, string option, string range)
        {
            if (!holds) throw new ArgumentException($"{nameof(SiloOptions)}.{option} must be {range}.");
        }
    }
}

/// <summary>A database beside the main one.</summary>
/// <param name="Name">Its name for pipelines and grains.</param>
/// <param name="ConnectionString">Npgsql's; holds a password, and is never shown.</param>
/// <param name="Pipelines">The initial pipelines.</param>
/// <param name="WithEvents">Whether to create the example's table there.</param>
public sealed record SiloDatabase(string Name, string ConnectionString, IReadOnlyList<PipelineOptions> Pipelines,
    bool WithEvents = false)
{
    /// <summary>Does not contain the password.</summary>
    public override string ToString() => $"database {Name}";
}
