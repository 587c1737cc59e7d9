using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A decoded tar archive (ustar, pax, GNU, and old ones without a magic number). Its files are found one after the other
/// and remembered, so a compressed archive is decoded once for all of them.</summary>
/// <param name="content">The archive's bytes; owned.</param>
sealed class TarArchive(ByteContent content) : IDisposable
{
    readonly List<(ArchiveEntry Entry, long Start, string? Other, string? Refusal)> _found = [];
    long _next;
    bool _isRead;

    /// <summary>Whether content begins with a tar header: by its magic number, or by its checksum.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) =>
        head.Length >= TarHeader.BlockBytes && head[0] != 0 && TarHeader.IsSound(head[..TarHeader.BlockBytes]);

    /// <summary>All its contents.</summary>
    /// <exception cref="BrokenContentException">It is damaged.</exception>
    public ArchiveListing List()
    {
        while (ReadNext())
        {
            // Reads on to the end.
        }

        return ArchiveListing.Of(_found.Select(f => (f.Entry, f.Other)));
    }

    /// <summary>One of its files, as it is stored; valid as long as the archive is open.</summary>
    /// <exception cref="BrokenContentException">It is not there, or the archive is damaged.</exception>
    public ByteContent Open(string name)
    {
        for (var i = 0; i < _found.Count || ReadNext(); i++)
        {
            var (entry, start, other, refusal) = _found[i];
            if (entry.Name != name || other is not null) continue;
            if (refusal is not null) throw new BrokenContentException($"{name}: {refusal}");
            return new SliceContent(content, start, entry.StoredSize);
        }

        throw new BrokenContentException($"the archive has no file {name}");
    }

    /// <summary>Whether a file can be read without restarting: it has not been found yet, or was found last.</summary>
    public bool IsBeforeOrAt(string name)
    {
        var at = _found.FindIndex(f => f.Entry.Name == name);
        return at < 0 ? !_isRead : at == _found.Count - 1;
    }

    public void Dispose() => content.Dispose();

    /// <summary>Reads headers up to the next file.</summary>
    bool ReadNext()
    {
        if (_isRead) return false;
        var pending = new TarNames();
        while (true)
        {
            var block = new byte[TarHeader.BlockBytes];
            var read = ReadFully(_next, block);
            if (read == 0 || !block.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                if (read == 0 && _found.Count == 0 && _next == 0) throw new BrokenContentException("the archive is empty");
                _isRead = true;
                return false;
            }

            if (read < block.Length) throw CutOff();
            var header = TarHeader.Read(block, _next);
            var data = _next + TarHeader.BlockBytes;
            var size = pending.Size ?? header.Size;
            if (header.IsAboutNext)
            {
                if (header.Size > TarNames.MostBytes)
                    throw new BrokenContentException(
                        $"the archive is damaged: a name of {Counted.Of(header.Size, "byte")} at {_next}");
                var bytes = new byte[header.Size];
                if (ReadFully(data, bytes) < bytes.Length) throw CutOff();
                pending.Take(header.Type, bytes);
                _next = After(data, header.Size);
                continue;
            }

            _next = After(data, header.HasData ? size : 0);
            if (!header.IsDirectory)
            {
                var entry = new ArchiveEntry(pending.Name ?? header.Name, header.HasData ? size : 0);
                _found.Add((entry, data, header.Other, pending.Refusal ?? header.Refusal));
                return true;
            }

            pending = new TarNames();
        }
    }

    static long After(long data, long size) =>
        data + (size + TarHeader.BlockBytes - 1) / TarHeader.BlockBytes * TarHeader.BlockBytes;

    int ReadFully(long offset, Span<byte> buffer)
    {
        var length = 0;
        for (int read; length < buffer.Length && (read = content.Read(offset + length, buffer[length..])) > 0;) length += read;
        return length;
    }

    static BrokenContentException CutOff() => new("the tar archive is truncated: deliver it again");
}
