namespace OrleansIngest.Engine.Ledger;

/// <summary>A silo that died, and whose machine has had no other silo since.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Host">Its machine.</param>
/// <param name="For">Time since its death.</param>
public sealed record DeadNode(string Node, string Host, TimeSpan For);
