using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>One version of an input as bytes that can be read at any offset. The same version gives the same bytes at the
/// same offsets, however often and by whichever process it is opened. Not safe for concurrent use, unless a class states
/// otherwise.</summary>
public abstract class ByteContent : IDisposable
{
    /// <summary>What its offsets count: <see cref="PositionUnit.Byte"/> or <see cref="PositionUnit.DecodedByte"/>.</summary>
    public abstract PositionUnit Unit { get; }

    /// <summary>Length in bytes; null while it is unknown because the end has not been read.</summary>
    public abstract long? Length { get; }

    /// <summary>How far before the furthest byte read an offset can be and still be read without restarting, in bytes. Default:
    /// any distance.</summary>
    public virtual long Window => long.MaxValue;

    /// <summary>The nearest known point, at or before a position, where decoding can start; null for the beginning, and for
    /// content that is not decoded.</summary>
    public virtual RestartPoint? RestartBefore(long position) => null;

    /// <summary>Adds a point that <see cref="RestartBefore"/> returned when the same version was open before: a hint, which may
    /// be wrong. Default: does nothing.</summary>
    public virtual void Learn(RestartPoint point) { }

    /// <summary>Reads bytes at an offset.</summary>
    /// <param name="offset">From 0.</param>
    /// <param name="buffer">Receives them; not empty.</param>
    /// <returns>How many, at least 1; 0 only at the end.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="BrokenContentException">They cannot be decoded.</exception>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Announces that bytes are skipped and will not be read. Default: does nothing.</summary>
    /// <param name="from">Offset of the first.</param>
    /// <param name="to">Offset after the last.</param>
    public virtual void Skip(long from, long to) { }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases its resources.</summary>
    protected virtual void Dispose(bool disposing) { }
}
