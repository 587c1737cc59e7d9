namespace OrleansIngest.Engine.Ledger;

/// <summary>A table stands where this program keeps its own; the message says which, by what it was recognized, and what to do.</summary>
public sealed class ForeignTableException(string message) : Exception(message);
