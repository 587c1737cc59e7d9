using System.IO.Compression;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Feeds stored bytes to a DeflateStream, and records its last input. Cannot seek, deliberately: only some versions of
/// .NET would return the bytes that an inflater has read too far.</summary>
sealed class InflaterFeed(StoredStream source) : ForwardStream
{
    /// <summary>Offset of the last input.</summary>
    public long LastStart { get; private set; }

    /// <summary>Length of the last input.</summary>
    public int LastLength { get; private set; }

    /// <summary>Whether the inflater requested bytes after the end.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Inflates the next bytes.</summary>
    /// <exception cref="BrokenContentException">They do not decode.</exception>
    public static int Inflate(DeflateStream inflater, Span<byte> buffer, StoredStream source)
    {
        try
        {
            return inflater.Read(buffer);
        }
        catch (InvalidDataException failure) // its own message is not informative
        {
            throw new BrokenContentException(
                $"the bytes before stored byte {source.Offset} cannot be decoded; the file is damaged: deliver it again",
                failure);
        }
    }

    /// <summary>Starts another inflater.</summary>
    public void Start() => (LastStart, LastLength, IsCutOff) = (source.Offset, 0, false);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        var start = source.Offset;
        var read = source.Read(buffer);
        if (read == 0) IsCutOff = true;
        else (LastStart, LastLength) = (start, read);
        return read;
    }
}
