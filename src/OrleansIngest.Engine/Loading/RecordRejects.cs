using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Loading;

/// <summary>Puts a record aside: as a reject with its place and reason, or as a row that waits for the server.</summary>
static class RecordRejects
{
    /// <summary>Rejects the reader's current record.</summary>
    public static void Add(RecordReader record, RowBatch batch, string reason, string? column, string detail) => batch.Reject(new RejectedRow
    {
        Raw = record.Raw.ToArray(),
        Line = record.Line,
        RecordNumber = batch.FirstRecord + batch.Records,
        ByteOffset = record.Offset,
        Reason = reason,
        Column = column,
        Detail = detail,
    });

    /// <summary>Rejects the reader's current record because a column needs a value that is not there.</summary>
    public static void AddEmpty(RecordReader record, RowBatch batch, TargetColumn column) =>
        Add(record, batch, RejectReason.MissingValue, column.Name, $"column \"{column.Name}\" needs a value, the field is empty");

    /// <summary>Rejects a row that had waited.</summary>
    public static void Add(DeferredRow row, RowBatch batch, string reason, TargetColumn column, string detail) => batch.Reject(new RejectedRow
    {
        Raw = row.Raw,
        Line = batch.FirstLine + row.Place.Line,
        RecordNumber = batch.FirstRecord + row.Place.Record,
        ByteOffset = batch.StartOffset + row.Place.Offset,
        Reason = reason,
        Column = column.Name,
        Detail = detail,
    });

    /// <summary>Lets the reader's current record wait.</summary>
    public static void Defer(RecordReader record, RowBatch batch, CopyPlan plan)
    {
        var values = new byte[plan.Fields.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            if (!record.IsNull(plan.Fields[i])) values[i] = record.Field(plan.Fields[i]).ToArray();
        }

        batch.Defer(new DeferredRow(PlaceOf(record, batch), record.Raw.ToArray(), values));
    }

    /// <summary>Where the reader's current record stands within its batch.</summary>
    public static RowPlace PlaceOf(RecordReader record, RowBatch batch) =>
        new((int)(record.Offset - batch.StartOffset), (int)(record.Line - batch.FirstLine), batch.Records, 0);
}
