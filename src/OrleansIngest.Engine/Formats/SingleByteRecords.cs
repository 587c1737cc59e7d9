using System.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Records of a text in a single-byte encoding: a field is decoded on access.</summary>
/// <remarks>Hot: an ASCII record is scanned once, and its fields are passed through.</remarks>
struct SingleByteRecords(HeldRecords inner, SingleByteText text) : ITextRecords
{
    /// <summary>Maximum number of UTF-8 bytes for one stored byte.</summary>
    const int MostBytes = 3;

    bool _isAscii;
    int _none = -1;          // offset of a byte that is not a character

    public RecordKind Read()
    {
        var kind = inner.Read();
        var raw = inner.Raw;
        _isAscii = kind != RecordKind.Data || Ascii.IsValid(raw);
        _none = kind != RecordKind.Data ? -1 : _isAscii ? raw.IndexOf((byte)0) : text.IndexOfNone(raw);
        return _none >= 0 ? RecordKind.Broken : kind;
    }

    public long Position => inner.Position;

    public long Line => inner.Line;

    public int FieldCount => inner.FieldCount;

    /// <summary>The stored bytes.</summary>
    public ReadOnlySpan<byte> Raw => inner.Raw;

    public int FieldBytes => _isAscii ? inner.FieldBytes : MostBytes * inner.FieldBytes;

    /// <summary>Every decoded field is UTF-8, and a record with a NUL is broken.</summary>
    public bool IsCleanText => true;

    public ReadOnlySpan<byte> Field(int index) => _isAscii ? inner.Field(index) : text.Decode(inner.Field(index));

    public bool IsNull(int index) => inner.IsNull(index);

    public bool EndedEarly => inner.EndedEarly;

    public RecordFault Fault => _none < 0 ? inner.Fault : inner.Raw[_none] == 0
        ? new RecordFault(RejectReason.NulByte, $"NUL byte at byte {_none} of the record")
        : new RecordFault(
            RejectReason.InvalidEncoding,
            $"byte 0x{inner.Raw[_none]:X2} at byte {_none} of the record is not a character of {text.Name}");

    public void Dispose() => inner.Dispose();
}
