using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The records of a <see cref="RecordReader"/>.</summary>
readonly struct CsvRecords(RecordReader reader, CsvOptions dialect) : ITextRecords
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

    public RecordFault Fault
    {
        get
        {
            var lines = reader.LastLine == reader.Line ? null : $"lines {reader.Line} to {reader.LastLine} were taken as one record";
            return reader.IsTooLong
                ? new RecordFault(
                    RejectReason.TooLong,
                    $"the record has {Counted.Of(reader.Length, "byte")}, more than {dialect.MaxRecordBytes} (maxRecordBytes); "
                    + $"its first {Counted.Of(reader.Raw.Length, "byte")} are kept" + (lines is null ? "" : $"; {lines}"))
                : new RecordFault(
                    RejectReason.BrokenQuote,
                    $"a quote is out of place or not closed; {lines ?? "only this line was taken, reading continued at the next"}");
        }
    }

    public void Dispose() => reader.Dispose();
}
