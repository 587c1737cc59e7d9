using System.Buffers;
using System.Security.Cryptography;

namespace OrleansIngest.Engine.Sources;

/// <summary>The SHA-256 of a whole file, from the bytes read for loading; bytes that were not read in order are read again at the
/// end.</summary>
sealed class ContentHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long _upTo;

    /// <summary>How many bytes from the start are in the hash.</summary>
    public long UpTo => _upTo;

    /// <summary>Bytes from this offset on are not included, because they were appended later.
    /// Default: all are included.</summary>
    public long End { get; init; } = long.MaxValue;

    /// <summary>Adds the bytes at an offset. Bytes seen before are skipped; bytes after a gap wait for
    /// <see cref="Finish"/>.</summary>
    public void Append(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset + bytes.Length > End) bytes = bytes[..(int)Math.Max(0, End - offset)];
        if (offset > _upTo || offset + bytes.Length <= _upTo) return;
        _hash.AppendData(bytes[(int)(_upTo - offset)..]);
        _upTo = offset + bytes.Length;
    }

    /// <summary>Reads the missing bytes up to <paramref name="size"/>.</summary>
    /// <returns>The 32 bytes of the hash, or null when the file is shorter than <paramref name="size"/>.</returns>
    public byte[]? Finish(ByteContent content, long size) => ReadTo(content, size) ? _hash.GetHashAndReset() : null;

    /// <summary>Reads the missing bytes up to an offset; for a file that is hashed piecewise.</summary>
    /// <returns>False when the file ends before it.</returns>
    public bool ReadTo(ByteContent content, long end)
    {
        if (_upTo >= Math.Min(end, End)) return true;
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            while (_upTo < Math.Min(end, End))
            {
                var read = content.Read(_upTo, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - _upTo)));
                if (read == 0) return false;
                Append(_upTo, buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return true;
    }

    /// <summary>The hash of the bytes up to an offset, reading those that are missing; more bytes may follow.</summary>
    /// <returns>The 32 bytes of the hash; null when the content ends before the offset, or bytes after it are already in the
    /// hash.</returns>
    public byte[]? At(ByteContent content, long end) => _upTo <= end && ReadTo(content, end) ? _hash.GetCurrentHash() : null;

    public void Dispose() => _hash.Dispose();
}
