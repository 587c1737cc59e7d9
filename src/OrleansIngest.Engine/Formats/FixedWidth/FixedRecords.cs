namespace OrleansIngest.Engine.Formats.FixedWidth;

/// <summary>The records of a <see cref="FixedReader"/>.</summary>
readonly struct FixedRecords(FixedReader reader, int fieldCount) : ITextRecords
{
    public RecordKind Read() => reader.Read();

    public long Position => reader.Lines.Position;

    public long Line => reader.Lines.Line;

    public int FieldCount => fieldCount;

    public ReadOnlySpan<byte> Raw => reader.Lines.Text;

    /// <summary>Fields may overlap, and each is at most as long as the line.</summary>
    public int FieldBytes => fieldCount * reader.TextBytes;

    public bool IsCleanText => true; // records with unclean text are already broken

    public ReadOnlySpan<byte> Field(int index) => reader.Field(index);

    public bool IsNull(int index) => reader.IsNull(index);

    public RecordFault Fault => reader.Fault;

    public bool EndedEarly => reader.Lines.EndedEarly;

    public void Dispose() => reader.Dispose();
}
