using System.IO.Compression;
using System.IO.Hashing;
using OrleansIngest.Engine.Codecs.Compression;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>Decodes a file of a zip archive, and checks the size and checksum in the archive's directory.</summary>
sealed class ZipEntryCodec(ZipEntry entry, DecodeLimits limits) : StreamCodec(limits)
{
    /// <inheritdoc/>
    public override string Name => "zip";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) => false;

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) =>
        new Checked(entry, entry.Method switch
        {
            ZipEntry.Deflated => new RawDeflateDecoder(source),
            ZipEntry.Zstd => new ZstdDecoder(source, position, new RestartPoints()), // the checksum covers the whole file
            _ => new StoredDecoder(source),
        });

    sealed class StoredDecoder(StoredStream source) : ForwardDecoder
    {
        public override int Read(Span<byte> buffer) => source.Read(buffer);

        public override void Dispose() { }
    }

    sealed class RawDeflateDecoder : ForwardDecoder
    {
        readonly StoredStream _source;
        readonly InflaterFeed _feed;
        readonly DeflateStream _inflater;

        public RawDeflateDecoder(StoredStream source)
        {
            (_source, _feed) = (source, new InflaterFeed(source));
            _inflater = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        }

        public override int Read(Span<byte> buffer)
        {
            var read = InflaterFeed.Inflate(_inflater, buffer, _source);
            return read > 0 || !_feed.IsCutOff
                ? read
                : throw new BrokenContentException(
                        "the compressed data is truncated; the archive is damaged: deliver it again");
        }

        public override void Dispose()
        {
            _inflater.Dispose();
            _feed.Dispose();
        }
    }

    sealed class Checked(ZipEntry entry, ForwardDecoder inner) : ForwardDecoder
    {
        readonly Crc32 _crc = new();
        long _size;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _size += read;
            _crc.Append(buffer[..read]);
            if (_size > entry.Size || (read == 0 && _size < entry.Size))
            {
                throw new BrokenContentException(
                    $"the archive declares {Counted.Of(entry.Size, "byte")} for the file, but contains "
                        + $"{(_size > entry.Size ? "more" : $"{_size}")}; the archive is damaged: deliver it again");
            }

            if (read == 0 && _crc.GetCurrentHashAsUInt32() is var found && found != entry.Crc)
            {
                throw new BrokenContentException(
                    $"the checksum does not match: stored {entry.Crc:x8}, computed {found:x8}; the archive is "
                    + $"damaged: deliver it again");
            }

            return read;
        }

        public override void Dispose() => inner.Dispose();
    }
}
