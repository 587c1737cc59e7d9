namespace OrleansIngest.Engine.Positions;

/// <summary>A point at which decoding of an input can start: a gzip member, a zstd frame, a row group. Only a hint: without one,
/// an input is decoded from its start, and the unneeded part is discarded.</summary>
/// <param name="Position">The position that follows, in the input's unit.</param>
/// <param name="SourceOffset">Where the decoder starts, in stored bytes.</param>
public readonly record struct RestartPoint(long Position, long SourceOffset);
