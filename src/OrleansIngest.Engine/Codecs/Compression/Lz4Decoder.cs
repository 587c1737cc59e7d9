using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Reads LZ4 frames: headers and checksums are read here, blocks by the library.</summary>
sealed class Lz4Decoder(StoredStream source, long position, RestartPoints points) : ForwardDecoder
{
    const uint Magic = 0x184D2204, LegacyMagic = 0x184C2102, SkippableMagic = 0x184D2A50, IsStored = 0x8000_0000;
    const int HistoryBytes = 64 * 1024;
    const int StoredOverhead = 8; // a block's length and checksum

    readonly XxHash32 _hash = new();
    byte[] _buffer = [];   // history, then the block
    byte[] _stored = [];
    int _history;
    int _at, _end;         // the unread part of the block
    long _position = position;
    long _frameBytes;
    bool _inFrame, _isOver, _isFirst = true;
    Lz4FrameHeader _frame;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _end)
        {
            if (_isOver) return 0;
            if (!_inFrame) StartFrame();
            else ReadBlock();
        }

        var length = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        if (_stored.Length > 0) ArrayPool<byte>.Shared.Return(_stored);
        (_buffer, _stored) = ([], []);
    }

    void StartFrame()
    {
        var start = source.Offset;
        var head = source.Peek(4);
        if (head.IsEmpty && !_isFirst)
        {
            _isOver = true;
            return;
        }

        if (head.Length < 4) throw CutOff();
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if ((magic & 0xFFFF_FFF0) == SkippableMagic)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(Expect(8)[4..]);
            source.Seek(8L + length, SeekOrigin.Current);
            return;
        }

        if (magic == LegacyMagic)
            throw new BrokenContentException(
                "the file is in lz4's legacy format, which has no end mark and no checksums; compress it again with lz4 1.4 "
                + "or later");
        if (magic != Magic)
            throw new BrokenContentException(
                $"there is no lz4 frame at stored byte {start}; the file is damaged: deliver it again");
        _frame = Lz4FrameHeader.Read(source);
        if (!_isFirst) points.Add(new RestartPoint(_position, start));
        (_isFirst, _inFrame, _frameBytes, _history) = (false, true, 0, 0);
        _hash.Reset();
        Grow(ref _buffer, HistoryBytes + _frame.MostBlockBytes);
        Grow(ref _stored, _frame.MostBlockBytes + StoredOverhead);
    }

    void ReadBlock()
    {
        KeepHistory();
        var word = BinaryPrimitives.ReadUInt32LittleEndian(Expect(4));
        source.Skip(4);
        if (word == 0)
        {
            EndFrame();
            return;
        }

        var length = (int)(word & ~IsStored);
        if (length > _frame.MostBlockBytes)
            throw new BrokenContentException(
                $"a block declares {Counted.Of(length, "byte")}, more than the frame allows; the file is damaged: "
                + "deliver it again");
        var block = Take(length);
        if (_frame.HasBlockChecksums) Check(Expect(4), XxHash32.HashToUInt32(block), "a block");
        if (_frame.HasBlockChecksums) source.Skip(4);
        var target = _buffer.AsSpan(_history, _frame.MostBlockBytes);
        int decoded;
        if ((word & IsStored) != 0)
        {
            block.CopyTo(target);
            decoded = length;
        }
        else
        {
            decoded = LZ4Codec.Decode(block, target, _buffer.AsSpan(0, _history));
            if (decoded < 0) throw new BrokenContentException("a block cannot be decoded; the file is damaged: deliver it again");
        }

        (_at, _end) = (_history, _history + decoded);
        _position += decoded;
        _frameBytes += decoded;
        if (_frame.HasContentChecksum) _hash.Append(_buffer.AsSpan(_at, decoded));
    }

    void EndFrame()
    {
        if (_frame.HasContentChecksum)
        {
            Check(Expect(4), _hash.GetCurrentHashAsUInt32(), "a frame");
            source.Skip(4);
        }

        if (_frame.ContentBytes is { } expected && expected != _frameBytes)
            throw new BrokenContentException(
                $"a frame declares {Counted.Of(expected, "decoded byte")}, but has {_frameBytes}; the file is damaged: "
                    + "deliver it again");
        _inFrame = false;
    }

    /// <summary>The last 64 KiB stay before the next block, which may refer to them.</summary>
    void KeepHistory()
    {
        if (!_frame.BlocksDepend)
        {
            (_history, _at, _end) = (0, 0, 0);
            return;
        }

        var kept = Math.Min(HistoryBytes, _end);
        _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
        (_history, _at, _end) = (kept, kept, kept);
    }

    ReadOnlySpan<byte> Take(int length)
    {
        for (var at = 0; at < length;)
        {
            var read = source.Read(_stored.AsSpan(at, length - at));
            if (read == 0) throw CutOff();
            at += read;
        }

        return _stored.AsSpan(0, length);
    }

    ReadOnlySpan<byte> Expect(int count) => source.Peek(count) is var bytes && bytes.Length == count ? bytes : throw CutOff();

    static void Check(ReadOnlySpan<byte> stored, uint found, string what)
    {
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(stored);
        if (expected == found) return;
        throw new BrokenContentException(
            $"the checksum of {what} does not match: stored {expected:x8}, computed {found:x8}; the file is "
            + $"damaged: deliver it again");
    }

    static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length) return;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    static BrokenContentException CutOff() => new("the stream is truncated, so the file is incomplete: deliver it again");
}
