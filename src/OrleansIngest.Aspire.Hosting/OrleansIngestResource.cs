namespace Aspire.Hosting.ApplicationModel;

/// <summary>OrleansIngest in an app host: a silo, and those that <c>WithReplicas</c> adds, which form one cluster. Locally each
/// is a process of the program <c>ingest</c>; published, they are the replicas of a container.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="program">The program that is run, or its path.</param>
/// <param name="workingDirectory">Absolute; the directory that the app host's project is in.</param>
public sealed class OrleansIngestResource(string name, string program, string workingDirectory)
    : ExecutableResource(name, program, workingDirectory), IResourceWithServiceDiscovery
{
    internal const string HttpEndpointName = "http";

    /// <summary>The endpoint of pages, API, health and metrics.</summary>
    public EndpointReference HttpEndpoint => new(this, HttpEndpointName);

    /// <summary>The token that actions and, beyond this machine, views require. Default: a generated one, <c>NAME-token</c> among
    /// the parameters.</summary>
    public ParameterResource? Token { get; internal set; }

    /// <summary>The database that is loaded into and has the ledger; null until <c>WithReference</c> has named it.</summary>
    public IResourceWithConnectionString? Database { get; internal set; }

    internal IngestConfiguration Configuration { get; } = new();

    /// <summary>What stands before <c>up</c> on the command line: <c>ingest.dll</c> of <c>dotnet ingest.dll up</c>.</summary>
    internal IReadOnlyList<string> ProgramArguments { get; set; } = [];

    internal List<IngestReplica> Replicas { get; } = [];
}
