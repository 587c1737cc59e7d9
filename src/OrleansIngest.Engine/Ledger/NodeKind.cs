namespace OrleansIngest.Engine.Ledger;

/// <summary>The values of <c>ingest.node.kind</c>.</summary>
public static class NodeKind
{
    /// <summary>A silo of a cluster: the coordinators of all silos give it files.</summary>
    public const string Silo = "silo";

    /// <summary>A program that loads files inside itself for as long as it runs: its own coordinators give it files, those of others
    /// do not.</summary>
    public const string Host = "host";

    /// <summary>A load of given files, which takes them itself and ends.</summary>
    public const string Load = "load";

    /// <summary>As SQL: those that are meant to stay.</summary>
    internal const string LastingSql = $"IN ('{Silo}', '{Host}')";
}
