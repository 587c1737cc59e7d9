namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The records of a <see cref="RecordReader"/>.</summary>
readonly struct CsvRecords(RecordReader reader) : ITextRecords
{
    public RecordKind Read() => reader.Read();

    public long Position => reader.Offset;

    public long Line => reader.Line;

    public int FieldCount => reader.FieldCount;

    public ReadOnlySpan<byte> Raw => reader.Raw;

    public int FieldBytes => reader.Raw.Length;

    public bool IsCleanText => reader.IsCleanText;

    public ReadOnlySpan<byte> Field(int index) => reader.Field(index);

    public bool IsNull(int index) => reader.IsNull(index);

    public bool EndedEarly => reader.EndedEarly;

    public RecordFault Fault => reader.Fault;

    public void Dispose() => reader.Dispose();
}

/// <summary>The records of a <see cref="GeneralReader"/>.</summary>
/// <remarks>A struct for each reader: over an interface or a type parameter, every field would cost an indirect call.</remarks>
readonly struct GeneralRecords(GeneralReader reader) : ITextRecords
{
    public RecordKind Read() => reader.Read();

    public long Position => reader.Offset;

    public long Line => reader.Line;

    public int FieldCount => reader.FieldCount;

    public ReadOnlySpan<byte> Raw => reader.Raw;

    public int FieldBytes => reader.Raw.Length;

    public bool IsCleanText => reader.IsCleanText;

    public ReadOnlySpan<byte> Field(int index) => reader.Field(index);

    public bool IsNull(int index) => reader.IsNull(index);

    public bool EndedEarly => reader.EndedEarly;

    public RecordFault Fault => reader.Fault;

    public void Dispose() => reader.Dispose();
}
