using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Writes records into batches: as rows, as rejects, or as rows that wait for the server's decision.</summary>
/// <remarks>Hot: for a valid row, nothing is allocated, logged or thrown.</remarks>
sealed class RowWriter(CopyPlan plan)
{
    readonly TextRowWriter? _text = plan.IsBinary ? null : new TextRowWriter(plan);

    /// <summary>Writes the current record, which is of kind <see cref="RecordKind.Data"/>.</summary>
    public void Write<TRecords>(ref TRecords record, EncodedRows batch) where TRecords : struct, ITextRecords
    {
        if (record.FieldCount != plan.FieldCount)
        {
            RecordRejects.Add(ref record, batch, RejectReason.FieldCount, null,
                $"expected {Counted.Of(plan.FieldCount, "field")}, found {record.FieldCount}");
            return;
        }

        if (!record.IsCleanText && RejectText(ref record, batch)) return;
        var row = batch.Reserve(plan.MaxRowBytes(record.FieldBytes) + (batch.Metadata?.MaxBytes ?? 0));
        var length = _text is null ? WriteBinary(ref record, batch, row) : _text.Write(ref record, batch, row);
        if (length == 0) return;
        if (batch.KeepsRaw) batch.KeepRaw(record.Raw);
        batch.AddRow(length, RecordRejects.PlaceOf(ref record, batch));
    }

    /// <summary>Returns the row's length, or 0 if the record was rejected or deferred.</summary>
    int WriteBinary<TRecords>(ref TRecords record, EncodedRows batch, Span<byte> row) where TRecords : struct, ITextRecords
    {
        var columns = plan.HotColumns;
        BinaryPrimitives.WriteInt16BigEndian(row, (short)plan.Columns.Length);
        var length = 2;
        var undecided = false;
        for (var i = 0; i < columns.Length; i++)
        {
            ref readonly var column = ref columns[i];
            var text = record.Field(column.Field);
            if (text.IsEmpty)
            {
                var isNull = record.IsNull(column.Field);
                if (column.IsRequired || (isNull && column.RefusesNull))
                {
                    RecordRejects.AddEmpty(ref record, batch, plan.Columns[i]);
                    return 0;
                }

                if (isNull)
                {
                    BinaryPrimitives.WriteInt32BigEndian(row[length..], -1);
                    length += 4;
                    continue;
                }
            }

            var value = row[(length + 4)..];
            var bytes = column.Encoder.Encode(text, value);
            if (bytes < 0)
            {
                if (bytes == ColumnEncoder.Rejected)
                {
                    RecordRejects.Add(ref record, batch, RejectReason.BadValue, plan.Columns[i].Name,
                        column.Encoder.Explain(text));
                    return 0;
                }

                undecided = true;
                continue;
            }

            foreach (var rule in column.Rules)
            {
                if (rule.Accepts(text, value[..bytes])) continue;
                RecordRejects.Add(ref record, batch, RejectReason.Rule, plan.Columns[i].Name, rule.Explain(text));
                return 0;
            }

            BinaryPrimitives.WriteInt32BigEndian(row[length..], bytes);
            length += 4 + bytes;
        }

        if (!undecided)
            return batch.Metadata is null ? length
                : length + batch.Metadata.Write(row[length..], record.Line, batch.FirstRecord + batch.Records, record.Position);
        RecordRejects.Defer(ref record, batch, plan);
        return 0;
    }

    /// <summary>Rejects a record with bytes that would make the server refuse the whole COPY.</summary>
    static bool RejectText<TRecords>(ref TRecords record, EncodedRows batch) where TRecords : struct, ITextRecords
    {
        var raw = record.Raw;
        if (!Utf8.IsValid(raw))
        {
            RecordRejects.Add(ref record, batch, RejectReason.InvalidUtf8, null, InvalidUtf8Detail(raw));
            return true;
        }

        var nul = raw.IndexOf((byte)0);
        if (nul >= 0) RecordRejects.Add(ref record, batch, RejectReason.NulByte, null, $"NUL byte at byte {nul} of the record");
        return nul >= 0;
    }

    static string InvalidUtf8Detail(ReadOnlySpan<byte> raw)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(raw[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return $"byte 0x{raw[at]:X2} at byte {at} of the record is not UTF-8";
    }
}
