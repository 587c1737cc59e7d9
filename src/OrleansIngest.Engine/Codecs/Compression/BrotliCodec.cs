using System.Buffers;
using System.IO.Compression;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Brotli (RFC 7932). Its streams have no magic number, and nearly any bytes can start one: it is never recognized by
/// content, only by the configuration (<c>compression: br</c>) or by a file name that ends in <c>.br</c>. It has no checksum
/// either: damage is detected only where the bytes no longer decode.</summary>
sealed class BrotliCodec(DecodeLimits limits) : StreamCodec(limits)
{
    /// <inheritdoc/>
    public override string Name => "brotli";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) => false;

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) => new Decoder(source);

    sealed class Decoder(StoredStream source) : ForwardDecoder
    {
        BrotliDecoder _brotli;
        bool _isOver;

        public override int Read(Span<byte> buffer)
        {
            while (!_isOver)
            {
                var input = source.Next();
                var status = _brotli.Decompress(input, buffer, out var consumed, out var written);
                source.Skip(consumed);
                switch (status)
                {
                    case OperationStatus.InvalidData:
                        throw new BrokenContentException(
                            "the bytes are not a valid brotli stream: the file is damaged or incomplete, or not brotli; "
                            + "deliver it again, or correct the option compression");
                    case OperationStatus.NeedMoreData when input.IsEmpty:
                        throw new BrokenContentException("the stream is truncated, so the file is incomplete: deliver it again");
                    case OperationStatus.Done:
                        _isOver = true;
                        if (!source.Next().IsEmpty)
                            throw new BrokenContentException(
                                $"bytes follow the end of the brotli stream, from stored byte {source.Offset} on; the file "
                                + $"is damaged: deliver it again");
                        break;
                }

                if (written > 0) return written;
            }

            return 0;
        }

        public override void Dispose() => _brotli.Dispose();
    }
}
