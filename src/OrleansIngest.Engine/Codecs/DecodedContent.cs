using System.Buffers;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>
/// Decoded content, readable at any offset although the decoder only goes forward: the last bytes are retained
/// (<see cref="Window"/>), and for an earlier byte decoding restarts at the nearest restart point. Decodes ahead of the reader on
/// another thread.
/// </summary>
/// <remarks>
/// <para>Decoded bytes lie in chunks; chunk n of a run has slot n mod the number of slots. A run begins where a decoder was
/// started. While a task decodes ahead, the reader touches only bytes before <c>_decoded</c>, and slots that the task does not
/// write; everything else happens when no task runs.</para>
/// <para>Memory: <see cref="DecodeLimits.MostMemory"/> and the decoder's own; slots are allocated as needed, so small contents
/// take little.</para>
/// </remarks>
sealed class DecodedContent : ByteContent
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkBytes = 256 * 1024;

    readonly ByteContent _stored;
    readonly StreamCodec _codec;
    readonly DecodeLimits _limits;
    readonly byte[]?[] _slots;
    readonly RestartPoints _points = new();
    StoredStream? _source;
    ForwardDecoder? _decoder;
    RestartPoint _start;
    long _decoded;      // after the last byte of this run; volatile
    long _planned;      // the limit of the running task
    long _length = -1;  // volatile
    bool _ended;        // this run has reached the end
    Exception? _failure;
    string? _remark;
    Task? _ahead;

    /// <param name="stored">The stored bytes; owned.</param>
    /// <param name="codec">How they are decoded.</param>
    /// <param name="limits">How much they may decode to.</param>
    public DecodedContent(ByteContent stored, StreamCodec codec, DecodeLimits limits)
    {
        (_stored, _codec, _limits) = (stored, codec, limits);
        _slots = new byte[]?[(limits.WindowBytes + limits.AheadBytes) / ChunkBytes + 2];
    }

    /// <inheritdoc/>
    public override PositionUnit Unit => PositionUnit.DecodedByte;

    /// <inheritdoc/>
    public override long? Length => Volatile.Read(ref _length) is var length and >= 0 ? length : null;

    /// <inheritdoc/>
    public override long Window => _limits.WindowBytes;

    /// <summary>Number of times a decoder was started, for tests and measurements.</summary>
    public int Starts { get; private set; }

    /// <summary>What was skipped after the end, human-readable; null if nothing was skipped, or the end was not read.</summary>
    public string? Remark => _remark ?? (_stored as DecodedContent)?.Remark;

    /// <inheritdoc/>
    public override RestartPoint? RestartBefore(long position) => _points.Before(position);

    /// <inheritdoc/>
    public override void Learn(RestartPoint point) => _points.Seed(point);

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        while (offset >= Volatile.Read(ref _decoded) || _decoder is null)
        {
            if (Volatile.Read(ref _length) is var length and >= 0 && offset >= length) return 0;
            Rest();
            if (offset < _decoded && _decoder is not null) break;
            if (_decoder is null || IsPassable(offset)) Restart(offset);
            if (_failure is not null) throw Failed(_failure);
            if (_length >= 0 && offset >= _length) return 0;
            Decode(_decoded + 1);
        }

        if (offset < Oldest())
        {
            Rest();
            if (offset < Oldest())
            {
                Restart(offset);
                return Read(offset, buffer);
            }
        }

        var read = Copy(offset, buffer);
        StartAhead(offset + read);
        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Do not wait for a decoder that waits for a pipe.
        if (_ahead is { IsCompleted: false } ahead) ahead.ContinueWith(_ => LetGo(), TaskScheduler.Default);
        else LetGo();
        base.Dispose(disposing);
    }

    void LetGo()
    {
        StopDecoder();
        for (var i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] is { } slot) ArrayPool<byte>.Shared.Return(slot);
            _slots[i] = null;
        }

        _stored.Dispose();
    }

    /// <summary>The first byte that can be read without restarting.</summary>
    long Oldest()
    {
        var furthest = Math.Max(_decoded, _planned) - _start.Position;
        var chunks = (furthest + ChunkBytes - 1) / ChunkBytes;
        return _start.Position + Math.Max(0, chunks - _slots.Length) * ChunkBytes;
    }

    int Copy(long offset, Span<byte> buffer)
    {
        var inRun = offset - _start.Position;
        var slot = _slots[inRun / ChunkBytes % _slots.Length]!;
        var at = (int)(inRun % ChunkBytes);
        var length = (int)Math.Min(Math.Min(ChunkBytes - at, buffer.Length), Volatile.Read(ref _decoded) - offset);
        slot.AsSpan(at, length).CopyTo(buffer);
        return length;
    }

    /// <summary>Whether a known restart point saves decoding unneeded bytes.</summary>
    bool IsPassable(long offset) =>
        offset - _decoded > RestartPoints.LeastDistance && _points.Before(offset) is { } point && point.Position > _decoded;

    void Restart(long offset)
    {
        StopDecoder();
        _start = _points.Before(offset) ?? default;
        (_decoded, _planned, _failure, _ended) = (_start.Position, _start.Position, null, false);
        _source = new StoredStream(_stored, _start.SourceOffset);
        _decoder = _codec.Start(_source, _start.Position, _points);
        Starts++;
    }

    void StopDecoder()
    {
        _decoder?.Dispose();
        _source?.Dispose();
        (_decoder, _source) = (null, null);
    }

    /// <summary>Decodes at least up to an offset. A failure is kept, and reported when the reader reaches it.</summary>
    void Decode(long upTo)
    {
        try
        {
            while (_decoded < upTo && !_ended && _failure is null) DecodeChunk(upTo);
        }
        catch (IOException)
        {
            StopDecoder(); // not the content's fault, and perhaps temporary
            throw;
        }
        catch (Exception failure) when (failure is BrokenContentException or InvalidDataException)
        {
            if (_decoded == _start.Position && _start.Position > 0)
            {
                _points.Remove(_start); // a wrong hint
                Restart(_start.Position);
                return;
            }

            _failure = failure;
        }
    }

    /// <summary>Decodes to the end of a chunk, or at least up to an offset: does not wait for more bytes from a pipe.</summary>
    void DecodeChunk(long upTo)
    {
        var inRun = _decoded - _start.Position;
        ref var slot = ref _slots[inRun / ChunkBytes % _slots.Length];
        slot ??= ArrayPool<byte>.Shared.Rent(ChunkBytes);
        for (var at = (int)(inRun % ChunkBytes); at < ChunkBytes && _decoded < upTo;)
        {
            var read = _decoder!.Read(slot.AsSpan(at, ChunkBytes - at));
            if (read == 0)
            {
                _ended = true;
                _remark = _decoder!.Remark;
                Volatile.Write(ref _length, _decoded);
                return;
            }

            at += read;
            Volatile.Write(ref _decoded, _decoded + read);
        }

        CheckLimits();
    }

    void CheckLimits()
    {
        var stored = Math.Max(1, _source!.Offset);
        if (_decoded > _limits.MaxBytes)
        {
            throw new BrokenContentException(
                $"{Counted.Of(stored, "stored byte")} of it decode to more than {Counted.Of(_limits.MaxBytes, "byte")} "
                + "(maxDecodedBytes); if the file is meant to be that large, raise maxDecodedBytes");
        }

        if (_decoded > DecodeLimits.RatioCountsAfter && _decoded / stored >= _limits.MaxRatio)
        {
            throw new BrokenContentException(
                $"its first {Counted.Of(stored, "stored byte")} decode to {Counted.Of(_decoded, "byte")}, more than "
                    + $"{_limits.MaxRatio} times as many "
                + "(maxDecodedRatio): it may be a decompression bomb; if the file is sound, raise maxDecodedRatio");
        }
    }

    void StartAhead(long offset)
    {
        if (_limits.AheadBytes == 0 || _ahead is { IsCompleted: false }) return;
        if (_decoded - offset >= _limits.AheadBytes / 2 || _ended || _failure is not null || _decoder is null) return;
        _planned = _decoded + _limits.AheadBytes / 2;
        var upTo = _planned;
        _ahead = Task.Run(() => Decode(upTo));
    }

    /// <summary>Waits for the task that decodes ahead. A task that has not begun runs here.</summary>
    void Rest()
    {
        if (_ahead is null) return;
        var ahead = _ahead;
        _ahead = null;
        ahead.GetAwaiter().GetResult();
    }

    BrokenContentException Failed(Exception failure) =>
        new($"{_codec.Name}: {failure.Message} (after {Counted.Of(_decoded, "decoded byte")})", failure);
}
