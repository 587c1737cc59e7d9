using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Records with one field more: the object of those that no column takes. It does not count
/// among the fields of a record.</summary>
/// <remarks>Hot: the object is written when the record's size is asked for, which is before any of its fields is.</remarks>
struct RescuedRecords<TRecords>(TRecords inner, RescuePlan plan) : ITextRecords where TRecords : struct, ITextRecords
{
    readonly RescuedObject _object = new(plan);
    TRecords _inner = inner;

    public RecordKind Read()
    {
        _object.Forget();
        return _inner.Read();
    }

    public long Position => _inner.Position;

    public long Line => _inner.Line;

    public int FieldCount => _inner.FieldCount;

    public ReadOnlySpan<byte> Raw => _inner.Raw;

    public int FieldBytes
    {
        get
        {
            _object.Write(ref _inner);
            return _inner.FieldBytes + _object.Length;
        }
    }

    public bool IsCleanText => _inner.IsCleanText;

    public ReadOnlySpan<byte> Field(int index)
    {
        if (index != plan.Field) return _inner.Field(index);
        _object.Write(ref _inner);
        return _object.Text;
    }

    public bool IsNull(int index)
    {
        if (index != plan.Field) return _inner.IsNull(index);
        _object.Write(ref _inner);
        return _object.IsNull;
    }

    public RecordFault Fault => _inner.Fault;

    public bool EndedEarly => _inner.EndedEarly;

    public void Dispose() => _inner.Dispose();
}
