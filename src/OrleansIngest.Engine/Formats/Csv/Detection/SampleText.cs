using System.Buffers;
using System.Text;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The parts of a content that detection examines. They depend only on its bytes, so that every process gets the same
/// result. Dispose when nothing of them is used any more: their memory is rented, for it would be more than a megabyte of garbage
/// for each file.</summary>
sealed class SampleText : IDisposable
{
    const int StartBytes = 1024 * 1024;
    const int MiddleBytes = 256 * 1024;
    const int EndBytes = 64 * 1024;

    readonly List<byte[]> _rented = [];
    readonly ArraySegment<byte> _start, _middle = ArraySegment<byte>.Empty, _end = ArraySegment<byte>.Empty;

    SampleText(ByteContent content)
    {
        var start = Read(content, 0, StartBytes + 1);
        IsWhole = start.Count <= StartBytes;
        if (!IsWhole)
            start = start[..(start[..StartBytes].AsSpan().LastIndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0 ? end + 1
                : StartBytes)];
        _start = start.AsSpan().StartsWith("\uFEFF"u8) ? start[3..] : start;
        if (IsWhole)
        {
            _end = LastLines(_start);
        }
        else if (content.Window == long.MaxValue && content.Length is { } length) // its end can be read before what is between
        {
            if (length >= StartBytes + (2 * MiddleBytes)) _middle = WholeLines(Read(content, length / 2, MiddleBytes));
            _end = LastLines(Read(content, length - EndBytes, EndBytes));
        }
    }

    /// <summary>The content's beginning, without a byte order mark, up to the end of a line.</summary>
    public ReadOnlySpan<byte> Start => _start;

    /// <summary>Whether that is the whole content.</summary>
    public bool IsWhole { get; }

    /// <summary>Lines from the middle; empty if the content is short, or can only be read in order.</summary>
    public ReadOnlySpan<byte> Middle => _middle;

    /// <summary>The last lines, or all of a short content; empty if it can only be read in order.</summary>
    public ReadOnlySpan<byte> End => _end;

    /// <summary>Reads the parts.</summary>
    public static SampleText Of(ByteContent content) => new(content);

    /// <summary>A value as text, for names: doubled quotes become one.</summary>
    public static string Text(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value).Replace("\"\"", "\"", StringComparison.Ordinal);

    public void Dispose()
    {
        foreach (var bytes in _rented) ArrayPool<byte>.Shared.Return(bytes);
        _rented.Clear();
    }

    static ArraySegment<byte> WholeLines(ArraySegment<byte> bytes)
    {
        var from = bytes.AsSpan().IndexOf((byte)'\n');
        var to = bytes.AsSpan().LastIndexOf((byte)'\n');
        return from < 0 || from == to ? ArraySegment<byte>.Empty : bytes[(from + 1)..(to + 1)];
    }

    static ArraySegment<byte> LastLines(ArraySegment<byte> bytes)
    {
        if (bytes.Count <= EndBytes / 2) return bytes;
        var last = bytes[Math.Max(0, bytes.Count - EndBytes)..];
        return last[(last.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') + 1)..];
    }

    ArraySegment<byte> Read(ByteContent content, long offset, int most)
    {
        most = (int)Math.Min(most, (content.Length ?? long.MaxValue) - offset);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        _rented.Add(buffer);
        var length = 0;
        for (int read; length < most && (read = content.Read(offset + length, buffer.AsSpan(length, most - length))) > 0;)
            length += read;
        return new ArraySegment<byte>(buffer, 0, length);
    }
}
