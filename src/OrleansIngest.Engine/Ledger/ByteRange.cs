namespace OrleansIngest.Engine.Ledger;

/// <summary>A half-open range of a file: from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
/// <param name="Start">Offset in bytes from the start of the file, at a record's start.</param>
/// <param name="End">Offset in bytes, at a record's end; never less than <paramref name="Start"/>.</param>
public readonly record struct ByteRange(long Start, long End)
{
    /// <summary>Length in bytes.</summary>
    public long Length => End - Start;
}
