namespace OrleansIngest.Engine.Formats.Ndjson;

/// <summary>The records of a <see cref="NdjsonReader"/>.</summary>
readonly struct NdjsonRecords(NdjsonReader reader, int fieldCount) : ITextRecords
{
    public RecordKind Read() => reader.Read();

    public long Position => reader.Lines.Position;

    public long Line => reader.Lines.Line;

    public int FieldCount => fieldCount;

    public ReadOnlySpan<byte> Raw => reader.Lines.Text;

    public int FieldBytes => reader.Record.FieldBytes;

    public bool IsCleanText => true; // records with unclean text are already broken

    public ReadOnlySpan<byte> Field(int index) => reader.Record.Field(index);

    public bool IsNull(int index) => reader.Record.IsNull(index);

    public RecordFault Fault => reader.Fault;

    public bool EndedEarly => reader.Lines.EndedEarly;

    public void Dispose() => reader.Dispose();
}
