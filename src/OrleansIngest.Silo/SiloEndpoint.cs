using System.Net;

namespace OrleansIngest.Silo;

/// <summary>Where other silos reach this one: the value of <c>ingest.node.address</c>, by which the
/// coordinator places file grains.</summary>
/// <param name="Value">Address and port.</param>
public sealed record SiloEndpoint(IPEndPoint Value)
{
    /// <summary>As written into the ledger: <c>10.0.0.7:11111</c>, <c>[fd00::7]:11111</c>.</summary>
    public override string ToString() => Value.ToString();
}
