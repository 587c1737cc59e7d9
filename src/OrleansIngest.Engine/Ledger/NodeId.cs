namespace OrleansIngest.Engine.Ledger;

/// <summary>One running program in the ledger: host, process and a random part, so that a restart is a new node.</summary>
/// <param name="Value">At most 40 characters of <c>[a-z0-9-]</c>: it is part of <c>application_name</c>, which PostgreSQL
/// truncates to 63 bytes.</param>
public readonly record struct NodeId(string Value)
{
    /// <summary>The node's name.</summary>
    public override string ToString() => Value;
}
