using OrleansIngest.Engine.Codecs.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Records of a transcoded text; those with a mark for an invalid character are broken.</summary>
struct MarkedRecords(HeldRecords inner, string encoding) : ITextRecords
{
    bool _isMarked;

    public RecordKind Read()
    {
        var kind = inner.Read();
        _isMarked = kind == RecordKind.Data && !inner.IsCleanText && inner.Raw.Contains(TranscodingCodec.Mark);
        return _isMarked ? RecordKind.Broken : kind;
    }

    public long Position => inner.Position;

    public long Line => inner.Line;

    public int FieldCount => inner.FieldCount;

    public ReadOnlySpan<byte> Raw => inner.Raw;

    public int FieldBytes => inner.FieldBytes;

    public bool IsCleanText => inner.IsCleanText;

    public ReadOnlySpan<byte> Field(int index) => inner.Field(index);

    public bool IsNull(int index) => inner.IsNull(index);

    public bool EndedEarly => inner.EndedEarly;

    public RecordFault Fault => _isMarked
        ? new RecordFault(
            RejectReason.InvalidEncoding,
            $"a byte at character {CharactersBefore()} of the record is not a character of {encoding}; the kept record shows "
            + $"it as 0xFF")
        : inner.Fault;

    public void Dispose() => inner.Dispose();

    int CharactersBefore() =>
        System.Text.Encoding.UTF8.GetCharCount(inner.Raw[..inner.Raw.IndexOf(TranscodingCodec.Mark)]) + 1;
}
