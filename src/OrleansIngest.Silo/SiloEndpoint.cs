using System.Net;

namespace OrleansIngest.Silo;

/// <summary>Where other silos reach this one: what <c>ingest.node.address</c> says, and how the coordinator tells a file grain where to live.</summary>
/// <param name="Value">Address and port.</param>
public sealed record SiloEndpoint(IPEndPoint Value)
{
    /// <summary>As written into the ledger: <c>10.0.0.7:11111</c>, <c>[fd00::7]:11111</c>.</summary>
    public override string ToString() => Value.ToString();
}
