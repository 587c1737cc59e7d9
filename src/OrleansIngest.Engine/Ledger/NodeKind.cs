namespace OrleansIngest.Engine.Ledger;

/// <summary>The values of <c>ingest.node.kind</c>.</summary>
public static class NodeKind
{
    /// <summary>A silo of a cluster: the coordinators of all silos give it files.</summary>
    public const string Silo = "silo";

    /// <summary>A host that loads files within its own process: only its own coordinators give it files.</summary>
    public const string Host = "host";

    /// <summary>A load of given files, which claims them itself and ends.</summary>
    public const string Load = "load";

    /// <summary>SQL condition for long-running kinds.</summary>
    internal const string LastingSql = $"IN ('{Silo}', '{Host}')";
}
