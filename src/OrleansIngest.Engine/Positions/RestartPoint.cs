namespace OrleansIngest.Engine.Positions;

/// <summary>Where the decoding of an input may start: a gzip member, a zstd frame, a row group. A hint, never truth: without one, an input is decoded from
/// its start, and what is not wanted is discarded.</summary>
/// <param name="Position">The position that follows, in the input's unit.</param>
/// <param name="SourceOffset">Where the decoder starts, in stored bytes.</param>
public readonly record struct RestartPoint(long Position, long SourceOffset);
