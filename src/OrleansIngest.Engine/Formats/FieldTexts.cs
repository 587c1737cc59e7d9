using System.Buffers;
using System.Text.Unicode;
using OrleansIngest.Engine.Formats.Json;

namespace OrleansIngest.Engine.Formats;

/// <summary>The fields of one record as texts, stored consecutively in a buffer that is reused for the next: for formats that
/// convert.</summary>
/// <remarks>Hot: allocates nothing, unless a record is larger than all before.</remarks>
sealed class FieldTexts(int count)
{
    /// <summary>Between two fields, so that an incomplete character of one cannot be completed by the next.</summary>
    const byte Separator = (byte)'\n';

    readonly int[] _starts = new int[count];
    readonly int[] _ends = new int[count];
    readonly bool[] _isNull = new bool[count];
    readonly bool[] _isJson = new bool[count];
    byte[] _bytes = new byte[4096];
    ArrayBufferWriter<byte>? _raw;

    /// <summary>How many fields there are.</summary>
    public int Count => count;

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes from an offset on.</summary>
    public Span<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Begins the next record.</summary>
    public void Clear() => Length = 0;

    /// <summary>Begins a field.</summary>
    public void Begin(int field) => _starts[field] = Length;

    /// <summary>Ends a field.</summary>
    public void End(int field, bool isNull, bool isJson = false)
    {
        if (isNull) Length = _starts[field];
        (_ends[field], _isNull[field], _isJson[field]) = (Length, isNull, isJson);
        Reserve(1)[0] = Separator;
        Length++;
    }

    /// <summary>Reserves room for at least this many bytes; <see cref="Advance"/> commits them.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(Length + bytes, 2 * _bytes.Length));
        return _bytes.AsSpan(Length);
    }

    /// <summary>Commits bytes written into the reserved room.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes a byte.</summary>
    public void Write(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Discards bytes after a length.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>A field's text.</summary>
    public ReadOnlySpan<byte> this[int field] => _bytes.AsSpan(_starts[field], _ends[field] - _starts[field]);

    /// <summary>Whether a field is NULL.</summary>
    public bool IsNull(int field) => _isNull[field];

    /// <summary>Whether all texts are UTF-8 without NUL.</summary>
    public bool IsClean => Utf8.IsValid(From(0)) && !From(0).Contains((byte)0);

    /// <summary>Why the texts are not clean. Cold.</summary>
    /// <param name="names">The fields' names.</param>
    public RecordFault Fault(IReadOnlyList<string> names)
    {
        for (var i = 0; i < count; i++)
        {
            if (JsonFaults.OfText(this[i]) is not { } fault) continue;
            var name = HeaderName.Shown(i < names.Count ? names[i] : $"#{i + 1}");
            return fault with { Detail = fault.Detail.Replace("of the record", $"of \"{name}\"", StringComparison.Ordinal) };
        }

        throw new InvalidOperationException("all texts are clean");
    }

    /// <summary>The record as a JSON object, the form stored with a reject: texts are unchanged, so that reading it as NDJSON
    /// gives the same fields. Cold.</summary>
    public ReadOnlySpan<byte> ToJson(IReadOnlyList<byte[]> names)
    {
        _raw ??= new ArrayBufferWriter<byte>();
        _raw.ResetWrittenCount();
        for (var i = 0; i < count; i++)
        {
            _raw.Write(i == 0 ? "{"u8 : ","u8);
            JsonString.Write(names[i], _raw);
            _raw.Write(":"u8);
            if (_isNull[i]) _raw.Write("null"u8);
            else if (_isJson[i]) _raw.Write(this[i]);
            else JsonString.Write(this[i], _raw);
        }

        _raw.Write(count == 0 ? "{}"u8 : "}"u8);
        return _raw.WrittenSpan;
    }
}
