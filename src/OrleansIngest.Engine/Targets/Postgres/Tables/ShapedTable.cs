namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>A table as it was when rows were encoded for it (<see cref="TableShape"/>).</summary>
/// <param name="Name">Quoted, with its schema.</param>
/// <param name="Shape">From <c>ingest.table_shape</c>.</param>
public sealed record ShapedTable(string Name, string Shape);
