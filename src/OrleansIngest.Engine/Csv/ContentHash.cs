using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Engine.Csv;

/// <summary>The SHA-256 of a whole file, from the bytes as they are read for loading; what was not read in order is read at the end.</summary>
sealed class ContentHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long _upTo;

    /// <summary>Takes the bytes at an offset. Bytes seen before are passed over; bytes after a gap wait for <see cref="Finish"/>.</summary>
    public void Append(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset > _upTo || offset + bytes.Length <= _upTo) return;
        _hash.AppendData(bytes[(int)(_upTo - offset)..]);
        _upTo = offset + bytes.Length;
    }

    /// <summary>Reads what is still missing up to <paramref name="size"/>.</summary>
    /// <returns>The 32 bytes of the hash, or null when the file is shorter than <paramref name="size"/>.</returns>
    public byte[]? Finish(SafeFileHandle handle, long size)
    {
        if (_upTo < size)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
            try
            {
                while (_upTo < size)
                {
                    var read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - _upTo)), _upTo);
                    if (read == 0) return null;
                    Append(_upTo, buffer.AsSpan(0, read));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();
}
