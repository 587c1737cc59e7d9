namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>A row with a value that only the server can decide; it waits in its batch for the lane's connection.</summary>
/// <param name="Place">Its origin.</param>
/// <param name="Raw">The record's bytes, in case it is rejected.</param>
/// <param name="Values">One text per column of the plan; null is NULL.</param>
sealed record DeferredRow(RowPlace Place, byte[] Raw, byte[]?[] Values);
