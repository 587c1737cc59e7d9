using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Takes a record out of the rows: as a reject with its position and reason, or as a row that waits for the
/// server.</summary>
static class RecordRejects
{
    /// <summary>Rejects the current record.</summary>
    public static void Add<TRecords>(ref TRecords record, EncodedRows batch, string reason, string? column, string detail)
        where TRecords : struct, ITextRecords => batch.Reject(new RejectedRow
        {
            Raw = record.Raw.ToArray(),
            Line = record.Line,
            RecordNumber = batch.FirstRecord + batch.Records,
            ByteOffset = record.Position,
            Reason = reason,
            Column = column,
            Detail = detail,
        });

    /// <summary>Rejects the current record because a required value is missing.</summary>
    public static void AddEmpty<TRecords>(ref TRecords record, EncodedRows batch, TargetColumn column)
        where TRecords : struct, ITextRecords =>
        Add(ref record, batch, RejectReason.MissingValue, column.Name,
            $"column \"{column.Name}\" needs a value, but the field is empty");

    /// <summary>Rejects a deferred row.</summary>
    public static void Add(DeferredRow row, EncodedRows batch, string reason, TargetColumn column, string detail) =>
        batch.Reject(new RejectedRow
        {
            Raw = row.Raw,
            Line = batch.FirstLine + row.Place.Line,
            RecordNumber = batch.FirstRecord + row.Place.Record,
            ByteOffset = batch.StartOffset + row.Place.Offset,
            Reason = reason,
            Column = column.Name,
            Detail = detail,
        });

    /// <summary>Defers the current record.</summary>
    public static void Defer<TRecords>(ref TRecords record, EncodedRows batch, CopyPlan plan)
        where TRecords : struct, ITextRecords
    {
        var values = new byte[plan.Fields.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            var text = record.Field(plan.Fields[i]);
            if (!text.IsEmpty || !record.IsNull(plan.Fields[i])) values[i] = text.ToArray();
        }

        batch.Defer(new DeferredRow(PlaceOf(ref record, batch), record.Raw.ToArray(), values));
    }

    /// <summary>The place of the current record in its batch.</summary>
    public static RowPlace PlaceOf<TRecords>(ref TRecords record, EncodedRows batch) where TRecords : struct, ITextRecords =>
        new((int)(record.Position - batch.StartOffset), (int)(record.Line - batch.FirstLine), batch.Records, 0);
}
