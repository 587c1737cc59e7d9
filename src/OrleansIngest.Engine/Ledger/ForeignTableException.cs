namespace OrleansIngest.Engine.Ledger;

/// <summary>Another program's table has the name of a table of this program. The message names the table, the difference and
/// the remedy.</summary>
public sealed class ForeignTableException(string message) : Exception(message);
