namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The table.</summary>
/// <param name="Description"><c>PostgresTable[schema.table]</c>.</param>
/// <param name="NumOutputRows">Rows loaded.</param>
/// <param name="Metrics">Counts of records that were not loaded.</param>
public sealed record SinkProgress(string Description, long NumOutputRows, IReadOnlyDictionary<string, string> Metrics);
