namespace OrleansIngest.Engine.Ledger;

/// <summary>A script of <c>sql/</c> could not be applied and was rolled back. The message names the file and the
/// line.</summary>
public sealed class MigrationException(string message, Exception inner) : Exception(message, inner);
