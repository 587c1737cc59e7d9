using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Loading;

/// <summary>Writes records into batches: as rows, as rejects, or as rows that wait for the server's judgement.</summary>
/// <remarks>Hot: for a row that is sound nothing is allocated, logged or thrown.</remarks>
sealed class RowWriter(CopyPlan plan)
{
    readonly byte[] _scratch = plan.IsBinary ? [] : new byte[4096];

    /// <summary>Takes the reader's current record, which is of kind <see cref="RecordKind.Data"/>.</summary>
    public void Write(RecordReader record, RowBatch batch)
    {
        var raw = record.Raw;
        if (record.FieldCount != plan.FieldCount)
        {
            Reject(record, batch, RejectReason.FieldCount, null, $"expected {plan.FieldCount} fields, found {record.FieldCount}");
            return;
        }

        if (!Utf8.IsValid(raw))
        {
            Reject(record, batch, RejectReason.InvalidUtf8, null, InvalidUtf8Detail(raw));
            return;
        }

        if (raw.Contains((byte)0))
        {
            Reject(record, batch, RejectReason.NulByte, null, $"NUL byte at byte {raw.IndexOf((byte)0)} of the record");
            return;
        }

        var row = batch.Reserve(plan.MaxRowBytes(raw.Length));
        var length = plan.IsBinary ? WriteBinary(record, batch, row) : WriteText(record, batch, row);
        if (length > 0) batch.AddRow(length, PlaceOf(record, batch));
    }

    /// <summary>Takes a line that is no record.</summary>
    public static void WriteBroken(RecordReader record, RowBatch batch, RecordKind kind, int maxRecordBytes)
    {
        if (kind == RecordKind.TooLong)
        {
            Reject(record, batch, RejectReason.TooLong, null,
                $"the line is longer than {maxRecordBytes} bytes (maxRecordBytes); its first {record.Raw.Length} bytes are kept");
        }
        else
        {
            Reject(record, batch, RejectReason.BrokenQuote, null,
                "a quote is out of place or not closed; only this line was taken, reading went on at the next");
        }
    }

    /// <summary>Writes a deferred row whose undecided values the server has converted.</summary>
    public void WriteResolved(DeferredRow deferred, RowBatch batch, Func<int, byte[], ConvertedValue> converted)
    {
        var row = batch.Reserve(plan.MaxRowBytes(deferred.Raw.Length + 64 * plan.Columns.Length));
        BinaryPrimitives.WriteInt16BigEndian(row, (short)plan.Columns.Length);
        var length = 2;
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            if (deferred.Values[i] is not { } text)
            {
                BinaryPrimitives.WriteInt32BigEndian(row[length..], -1);
                length += 4;
                continue;
            }

            var bytes = plan.Encoders[i]!.Encode(text, row[(length + 4)..]);
            if (bytes == ColumnEncoder.AskServer)
            {
                var value = converted(i, text);
                if (value.Value is not { } binary)
                {
                    batch.Reject(Rejected(deferred, batch, RejectReason.BadValue, plan.Columns[i].Name, value.Message!));
                    return;
                }

                if (row.Length < length + 4 + binary.Length + 68 * (plan.Columns.Length - i))
                    row = batch.Reserve(length + 4 + binary.Length + plan.MaxRowBytes(deferred.Raw.Length));
                binary.CopyTo(row[(length + 4)..]);
                bytes = binary.Length;
            }

            var encoded = row.Slice(length + 4, bytes);
            foreach (var rule in plan.Rules[i])
            {
                if (rule.Accepts(text, encoded)) continue;
                batch.Reject(Rejected(deferred, batch, RejectReason.Rule, plan.Columns[i].Name, rule.Explain(text)));
                return;
            }

            BinaryPrimitives.WriteInt32BigEndian(row[length..], bytes);
            length += 4 + bytes;
        }

        batch.AddRow(length, deferred.Place);
    }

    /// <summary>Returns the row's length, or 0 when it went elsewhere.</summary>
    int WriteBinary(RecordReader record, RowBatch batch, Span<byte> row)
    {
        BinaryPrimitives.WriteInt16BigEndian(row, (short)plan.Columns.Length);
        var length = 2;
        var undecided = false;
        var fields = plan.Fields;
        var encoders = plan.Encoders;
        for (var i = 0; i < fields.Length; i++)
        {
            var text = record.Field(fields[i]);
            if (text.IsEmpty)
            {
                var isNull = record.IsNull(fields[i]);
                if (plan.Required[i] || (isNull && plan.RefusesNull[i])) return RejectEmpty(record, batch, i);
                if (isNull)
                {
                    BinaryPrimitives.WriteInt32BigEndian(row[length..], -1);
                    length += 4;
                    continue;
                }
            }

            var bytes = encoders[i]!.Encode(text, row[(length + 4)..]);
            if (bytes < 0)
            {
                if (bytes == ColumnEncoder.Rejected)
                {
                    Reject(record, batch, RejectReason.BadValue, plan.Columns[i].Name, encoders[i]!.Explain(text));
                    return 0;
                }

                undecided = true;
                continue;
            }

            foreach (var rule in plan.Rules[i])
            {
                if (rule.Accepts(text, row.Slice(length + 4, bytes))) continue;
                Reject(record, batch, RejectReason.Rule, plan.Columns[i].Name, rule.Explain(text));
                return 0;
            }

            BinaryPrimitives.WriteInt32BigEndian(row[length..], bytes);
            length += 4 + bytes;
        }

        if (!undecided) return length;
        Defer(record, batch);
        return 0;
    }

    /// <summary>COPY's text format, for tables with a column that has no encoder; columns that have one are still checked by it.</summary>
    int WriteText(RecordReader record, RowBatch batch, Span<byte> row)
    {
        var length = 0;
        for (var i = 0; i < plan.Fields.Length; i++)
        {
            if (i > 0) row[length++] = (byte)'\t';
            var text = record.Field(plan.Fields[i]);
            if (text.IsEmpty)
            {
                var isNull = record.IsNull(plan.Fields[i]);
                if (plan.Required[i] || (isNull && plan.RefusesNull[i])) return RejectEmpty(record, batch, i);
                if (isNull)
                {
                    "\\N"u8.CopyTo(row[length..]);
                    length += 2;
                    continue;
                }
            }

            if (!CheckText(record, batch, i, text)) return 0;
            length += CopyText.Escape(text, row[length..]);
        }

        row[length++] = (byte)'\n';
        return length;
    }

    bool CheckText(RecordReader record, RowBatch batch, int column, ReadOnlySpan<byte> text)
    {
        var bytes = 0;
        ReadOnlySpan<byte> encoded = default;
        if (plan.Encoders[column] is { } encoder)
        {
            var scratch = text.Length + ColumnEncoder.Slack <= _scratch.Length ? _scratch : new byte[text.Length + ColumnEncoder.Slack];
            bytes = encoder.Encode(text, scratch);
            if (bytes == ColumnEncoder.Rejected)
            {
                Reject(record, batch, RejectReason.BadValue, plan.Columns[column].Name, encoder.Explain(text));
                return false;
            }

            if (bytes == ColumnEncoder.AskServer) return true; // COPY itself will judge the text
            encoded = scratch.AsSpan(0, bytes);
        }

        foreach (var rule in plan.Rules[column])
        {
            if (rule.Accepts(text, encoded)) continue;
            Reject(record, batch, RejectReason.Rule, plan.Columns[column].Name, rule.Explain(text));
            return false;
        }

        return true;
    }

    int RejectEmpty(RecordReader record, RowBatch batch, int column)
    {
        var name = plan.Columns[column].Name;
        Reject(record, batch, RejectReason.MissingValue, name, $"column \"{name}\" needs a value, the field is empty");
        return 0;
    }

    void Defer(RecordReader record, RowBatch batch)
    {
        var values = new byte[plan.Fields.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            if (!record.IsNull(plan.Fields[i])) values[i] = record.Field(plan.Fields[i]).ToArray();
        }

        batch.Defer(new DeferredRow(PlaceOf(record, batch), record.Raw.ToArray(), values));
    }

    static RowPlace PlaceOf(RecordReader record, RowBatch batch) =>
        new((int)(record.Offset - batch.StartOffset), (int)(record.Line - batch.FirstLine), batch.Records, 0);

    static void Reject(RecordReader record, RowBatch batch, string reason, string? column, string detail) =>
        batch.Reject(new RejectedRow
        {
            Raw = record.Raw.ToArray(),
            Line = record.Line,
            RecordNumber = batch.FirstRecord + batch.Records,
            ByteOffset = record.Offset,
            Reason = reason,
            Column = column,
            Detail = detail,
        });

    static RejectedRow Rejected(DeferredRow row, RowBatch batch, string reason, string? column, string detail) => new()
    {
        Raw = row.Raw,
        Line = batch.FirstLine + row.Place.Line,
        RecordNumber = batch.FirstRecord + row.Place.Record,
        ByteOffset = batch.StartOffset + row.Place.Offset,
        Reason = reason,
        Column = column,
        Detail = detail,
    };

    static string InvalidUtf8Detail(ReadOnlySpan<byte> raw)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(raw[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return $"byte 0x{raw[at]:X2} at byte {at} of the record is not UTF-8";
    }
}
