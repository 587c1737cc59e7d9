using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Loading;

/// <summary>Writes records into batches: as rows, as rejects, or as rows that wait for the server's judgement.</summary>
/// <remarks>Hot: for a row that is sound nothing is allocated, logged or thrown.</remarks>
sealed class RowWriter(CopyPlan plan)
{
    readonly TextRowWriter? _text = plan.IsBinary ? null : new TextRowWriter(plan);

    /// <summary>Takes the reader's current record, which is of kind <see cref="RecordKind.Data"/>.</summary>
    public void Write(RecordReader record, RowBatch batch)
    {
        var raw = record.Raw;
        if (record.FieldCount != plan.FieldCount)
        {
            RecordRejects.Add(record, batch, RejectReason.FieldCount, null, $"expected {Counted.Of(plan.FieldCount, "field")}, found {record.FieldCount}");
            return;
        }

        if (!record.IsCleanText && RejectText(record, batch, raw)) return;
        var row = batch.Reserve(plan.MaxRowBytes(raw.Length));
        var length = _text is null ? WriteBinary(record, batch, row) : _text.Write(record, batch, row);
        if (length > 0) batch.AddRow(length, RecordRejects.PlaceOf(record, batch));
    }

    /// <summary>Takes a record that is broken or too long, of one line or several.</summary>
    public static void WriteBroken(RecordReader record, RowBatch batch, RecordKind kind, int maxRecordBytes)
    {
        var lines = record.LastLine == record.Line ? null : $"lines {record.Line} to {record.LastLine} were taken as one record";
        if (kind == RecordKind.TooLong)
        {
            RecordRejects.Add(record, batch, RejectReason.TooLong, null,
                $"the record has {Counted.Of(record.Length, "byte")}, more than {maxRecordBytes} (maxRecordBytes); "
                + $"its first {Counted.Of(record.Raw.Length, "byte")} are kept" + (lines is null ? "" : $"; {lines}"));
        }
        else
        {
            RecordRejects.Add(record, batch, RejectReason.BrokenQuote, null,
                $"a quote is out of place or not closed; {lines ?? "only this line was taken, reading continued at the next"}");
        }
    }

    /// <summary>Returns the row's length, or 0 when it went elsewhere.</summary>
    int WriteBinary(RecordReader record, RowBatch batch, Span<byte> row)
    {
        var columns = plan.HotColumns;
        BinaryPrimitives.WriteInt16BigEndian(row, (short)columns.Length);
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
                    RecordRejects.AddEmpty(record, batch, plan.Columns[i]);
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
                    RecordRejects.Add(record, batch, RejectReason.BadValue, plan.Columns[i].Name, column.Encoder.Explain(text));
                    return 0;
                }

                undecided = true;
                continue;
            }

            foreach (var rule in column.Rules)
            {
                if (rule.Accepts(text, value[..bytes])) continue;
                RecordRejects.Add(record, batch, RejectReason.Rule, plan.Columns[i].Name, rule.Explain(text));
                return 0;
            }

            BinaryPrimitives.WriteInt32BigEndian(row[length..], bytes);
            length += 4 + bytes;
        }

        if (!undecided) return length;
        RecordRejects.Defer(record, batch, plan);
        return 0;
    }

    /// <summary>Rejects a record with bytes that would make the server refuse the whole COPY.</summary>
    static bool RejectText(RecordReader record, RowBatch batch, ReadOnlySpan<byte> raw)
    {
        if (!Utf8.IsValid(raw))
        {
            RecordRejects.Add(record, batch, RejectReason.InvalidUtf8, null, InvalidUtf8Detail(raw));
            return true;
        }

        var nul = raw.IndexOf((byte)0);
        if (nul >= 0) RecordRejects.Add(record, batch, RejectReason.NulByte, null, $"NUL byte at byte {nul} of the record");
        return nul >= 0;
    }

    static string InvalidUtf8Detail(ReadOnlySpan<byte> raw)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(raw[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return $"byte 0x{raw[at]:X2} at byte {at} of the record is not UTF-8";
    }
}
