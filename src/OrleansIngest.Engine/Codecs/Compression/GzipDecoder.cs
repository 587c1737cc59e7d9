using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Reads the members of a gzip stream. Headers and trailers are read here: .NET's GZipStream does not report a truncated
/// stream, and neither it nor DeflateStream reports where a member ends.</summary>
sealed class GzipDecoder(StoredStream source, long position, RestartPoints points) : ForwardDecoder
{
    const int TrailerBytes = 8;

    readonly Crc32 _crc = new();
    readonly InflaterFeed _feed = new(source);
    DeflateStream? _inflater;
    bool _isFirst = true;
    bool _isOver;
    long _position = position;
    uint _memberBytes;
    string? _remark;

    /// <inheritdoc/>
    public override string? Remark => _remark;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (!_isOver)
        {
            if (_inflater is null && !StartMember()) break;
            var read = InflaterFeed.Inflate(_inflater!, buffer, source);
            if (read > 0)
            {
                _crc.Append(buffer[..read]);
                _memberBytes += (uint)read;
                _position += read;
                return read;
            }

            EndMember();
        }

        return 0;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _inflater?.Dispose();
        _feed.Dispose();
    }

    /// <summary>Reads a member's header. After the first one, zeros (a tape's padding) and bytes that are not gzip end the
    /// content, as for gzip itself.</summary>
    bool StartMember()
    {
        var start = source.Offset;
        var head = source.Peek(GzipHeader.FixedBytes);
        if (head is not [0x1F, 0x8B, 8, ..] && !_isFirst)
        {
            SkipRest();
            return false;
        }

        if (head is not [0x1F, 0x8B, 8, ..]) throw new BrokenContentException($"there is no gzip header at stored byte {start}");
        GzipHeader.Skip(source);
        if (!_isFirst) points.Add(new RestartPoint(_position, start));
        _isFirst = false;
        _feed.Start();
        _inflater = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    /// <summary>The inflater has read too far, and does not report by how much: the trailer, whose eight bytes are known now, is
    /// searched for in its last input. If zeros match at two places (an empty member's trailer is all zeros), the one counts
    /// after which a member starts or the file ends.</summary>
    void EndMember()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _memberBytes);
        if (_feed.IsCutOff) throw GzipHeader.CutOff("inside a member");
        source.Seek(_feed.LastStart + 1, SeekOrigin.Begin);
        var bytes = source.Peek(_feed.LastLength + TrailerBytes + 2);
        var end = -1;
        for (var at = bytes.IndexOf(trailer); at >= 0; at = Next(bytes, trailer, at))
        {
            if (end < 0) end = at;
            var rest = bytes[(at + TrailerBytes)..];
            if (!rest.IsEmpty && rest is not [0x1F, 0x8B, ..]) continue;
            end = at;
            break;
        }

        if (end < 0)
        {
            throw bytes.Length < _feed.LastLength + TrailerBytes - 1
                ? new BrokenContentException(
                    "the checksum of the last member does not match its bytes, or is truncated; the file is damaged or not "
                    + "complete: deliver it again")
                : new BrokenContentException(
                        "the checksum of a member does not match its bytes; the file is damaged: deliver it again");
        }

        source.Skip(end + TrailerBytes);
        _crc.Reset();
        _memberBytes = 0;
        _inflater!.Dispose();
        _inflater = null;
    }

    static int Next(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> trailer, int at)
    {
        var next = bytes[(at + 1)..].IndexOf(trailer);
        return next < 0 ? -1 : at + 1 + next;
    }

    void SkipRest()
    {
        _isOver = true;
        var from = source.Offset;
        for (var bytes = source.Next(); !bytes.IsEmpty; bytes = source.Next())
        {
            if (bytes.ContainsAnyExcept((byte)0))
            {
                _remark = $"the bytes after the last gzip member, from stored byte {from} on, are not gzip and were ignored";
                return;
            }

            source.Skip(bytes.Length);
        }
    }
}
