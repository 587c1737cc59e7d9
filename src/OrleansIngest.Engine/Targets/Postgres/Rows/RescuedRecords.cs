using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Records with an additional field: the object of fields without a column. It does not count as a field of the
/// record.</summary>
/// <remarks>Hot: the object is written when the record's size is read, which precedes any access to its fields.</remarks>
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
