namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The origin of one row of a batch, and the end of its bytes in the batch's buffer.</summary>
/// <param name="Offset">Bytes from the batch's start offset to the record.</param>
/// <param name="Line">Lines from the batch's first line to the record.</param>
/// <param name="Record">Records from the batch's first record to the record.</param>
/// <param name="End">End of the row's bytes in the buffer.</param>
readonly record struct RowPlace(int Offset, int Line, int Record, int End);
