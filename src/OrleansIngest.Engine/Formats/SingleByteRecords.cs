using System.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Records of a text in a single-byte encoding: a field is decoded when it is asked for.</summary>
/// <remarks>Hot: a record of ASCII is looked at once, and its fields are passed through.</remarks>
struct SingleByteRecords<TRecords>(TRecords inner, SingleByteText text) : ITextRecords where TRecords : struct, ITextRecords
{
    /// <summary>The most bytes of UTF-8 for one stored byte.</summary>
    const int MostBytes = 3;

#pragma warning disable IDE0044 // not readonly: a struct that changes must not be copied at each call
    TRecords _inner = inner;
#pragma warning restore IDE0044
    bool _isAscii;
    int _none = -1;          // where a byte is that is no character

    public RecordKind Read()
    {
        var kind = _inner.Read();
        var raw = _inner.Raw;
        _isAscii = kind != RecordKind.Data || Ascii.IsValid(raw);
        _none = kind != RecordKind.Data ? -1 : _isAscii ? raw.IndexOf((byte)0) : text.IndexOfNone(raw);
        return _none >= 0 ? RecordKind.Broken : kind;
    }

    public long Position => _inner.Position;

    public long Line => _inner.Line;

    public int FieldCount => _inner.FieldCount;

    /// <summary>The bytes as they are stored.</summary>
    public ReadOnlySpan<byte> Raw => _inner.Raw;

    public int FieldBytes => _isAscii ? _inner.FieldBytes : MostBytes * _inner.FieldBytes;

    /// <summary>Every decoded field is UTF-8, and a record with a NUL is broken.</summary>
    public bool IsCleanText => true;

    public ReadOnlySpan<byte> Field(int index) => _isAscii ? _inner.Field(index) : text.Decode(_inner.Field(index));

    public bool IsNull(int index) => _inner.IsNull(index);

    public bool EndedEarly => _inner.EndedEarly;

    public RecordFault Fault => _none < 0 ? _inner.Fault : _inner.Raw[_none] == 0
        ? new RecordFault(RejectReason.NulByte, $"NUL byte at byte {_none} of the record")
        : new RecordFault(
            RejectReason.InvalidEncoding,
            $"byte 0x{_inner.Raw[_none]:X2} at byte {_none} of the record is no character of {text.Name}");

    public void Dispose() => _inner.Dispose();
}
