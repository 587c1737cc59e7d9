namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects of a reason.</summary>
public sealed record ReasonCount(string Reason, long Count);
