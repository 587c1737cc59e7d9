using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Reads zstd frames, one after the other, with the library's own streaming call: its .NET stream does not report where
/// a frame ends.</summary>
sealed unsafe class ZstdDecoder(StoredStream source, long position, RestartPoints points) : ForwardDecoder
{
    ZSTD_DCtx_s* _context = ZSTD_createDCtx();
    long _position = position;
    bool _inFrame;
    bool _isFirst = true;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var input = source.Next();
            if (input.IsEmpty && !_inFrame && !_isFirst) return 0;
            if (!_inFrame && !_isFirst) points.Add(new RestartPoint(_position, source.Offset));
            var (consumed, written) = Decode(input, buffer);
            source.Skip(consumed);
            _position += written;
            _isFirst = false;
            if (written > 0) return written;
            if (consumed == 0 && _inFrame)
                throw new BrokenContentException(
                    "the stream is truncated inside a frame, so the file is incomplete: deliver it again");
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_context is not null) ZSTD_freeDCtx(_context);
        _context = null;
    }

    (int Consumed, int Written) Decode(ReadOnlySpan<byte> input, Span<byte> buffer)
    {
        fixed (byte* from = input)
        fixed (byte* to = buffer)
        {
            byte none; // an empty span has no address, and the library requires one
            var stored = new ZSTD_inBuffer_s { src = from is null ? &none : from, size = (nuint)input.Length };
            var decoded = new ZSTD_outBuffer_s { dst = to, size = (nuint)buffer.Length };
            var hint = ZSTD_decompressStream(_context, &decoded, &stored);
            if (ZSTD_isError(hint)) throw Damaged(ZSTD_getErrorName(hint));
            _inFrame = hint != 0;
            return ((int)stored.pos, (int)decoded.pos);
        }
    }

    BrokenContentException Damaged(string why) =>
        new($"a frame cannot be decoded near stored byte {source.Offset} ({why}); the file is damaged: deliver it again");
}
