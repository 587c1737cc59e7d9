using OrleansIngest.Engine.Codecs.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Records of a text that was transcoded; those with a mark for what was no character are broken.</summary>
struct MarkedRecords<TRecords>(TRecords inner, string encoding) : ITextRecords where TRecords : struct, ITextRecords
{
#pragma warning disable IDE0044 // not readonly: a struct that changes must not be copied at each call
    TRecords _inner = inner;
#pragma warning restore IDE0044
    bool _isMarked;

    public RecordKind Read()
    {
        var kind = _inner.Read();
        _isMarked = kind == RecordKind.Data && !_inner.IsCleanText && _inner.Raw.Contains(TranscodingCodec.Mark);
        return _isMarked ? RecordKind.Broken : kind;
    }

    public long Position => _inner.Position;

    public long Line => _inner.Line;

    public int FieldCount => _inner.FieldCount;

    public ReadOnlySpan<byte> Raw => _inner.Raw;

    public int FieldBytes => _inner.FieldBytes;

    public bool IsCleanText => _inner.IsCleanText;

    public ReadOnlySpan<byte> Field(int index) => _inner.Field(index);

    public bool IsNull(int index) => _inner.IsNull(index);

    public bool EndedEarly => _inner.EndedEarly;

    public RecordFault Fault => _isMarked
        ? new RecordFault(
            RejectReason.InvalidEncoding,
            $"a byte at character {CharactersBefore()} of the record is no character of {encoding}; the kept record shows it as 0xFF")
        : _inner.Fault;

    public void Dispose() => _inner.Dispose();

    int CharactersBefore() =>
        System.Text.Encoding.UTF8.GetCharCount(_inner.Raw[.._inner.Raw.IndexOf(TranscodingCodec.Mark)]) + 1;
}
