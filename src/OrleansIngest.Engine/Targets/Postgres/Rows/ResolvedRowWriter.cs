using System.Buffers.Binary;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Writes deferred rows after the server has converted their undecided values.</summary>
sealed class ResolvedRowWriter(CopyPlan plan)
{
    const int Null = -1;

    /// <summary>Adds the row to its batch, or rejects it.</summary>
    /// <param name="deferred">The row.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="converted">The server's answer for a column and a text.</param>
    public void Write(DeferredRow deferred, EncodedRows batch, Func<int, byte[], ConvertedValue> converted)
    {
        var values = new byte[]?[plan.Fields.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // A value without an encoder is sent as text, and was checked when the row was read.
            if (deferred.Values[i] is not { } text || plan.Encoders[i] is not { } encoder) continue;
            var value = Encode(encoder, text) ?? converted(i, text).Value;
            if (value is null)
            {
                RecordRejects.Add(deferred, batch, RejectReason.BadValue, plan.Columns[i], converted(i, text).Message!);
                return;
            }

            foreach (var rule in plan.Rules[i])
            {
                if (rule.Accepts(text, value)) continue;
                RecordRejects.Add(deferred, batch, RejectReason.Rule, plan.Columns[i], rule.Explain(text));
                return;
            }

            values[i] = value;
        }

        var row = batch.Reserve(plan.MaxRowBytes(deferred.Raw.Length + values.Sum(v => v?.Length ?? 0)
            + deferred.Values.Sum(v => v?.Length ?? 0)) + (batch.Metadata?.MaxBytes ?? 0));
        var length = plan.IsBinary ? WriteBinary(values, row) : WriteText(deferred.Values, row);
        if (batch.Metadata is { } metadata)
        {
            var place = deferred.Place;
            length += metadata.Write(
                row[length..], batch.FirstLine + place.Line, batch.FirstRecord + place.Record, batch.StartOffset + place.Offset);
        }

        if (!plan.IsBinary) row[length++] = (byte)'\n';
        batch.KeepRaw(deferred.Raw);
        batch.AddRow(length, deferred.Place);
    }

    /// <summary>Null if only the server can decide; no encoder refuses the text, as was checked before.</summary>
    static byte[]? Encode(ColumnEncoder encoder, byte[] text)
    {
        var scratch = new byte[text.Length + ColumnEncoder.Slack];
        var bytes = encoder.Encode(text, scratch);
        return bytes >= 0 ? scratch[..bytes] : null;
    }

    int WriteBinary(byte[]?[] values, Span<byte> row)
    {
        BinaryPrimitives.WriteInt16BigEndian(row, (short)plan.Columns.Length);
        var length = 2;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32BigEndian(row[length..], value?.Length ?? Null);
            value?.CopyTo(row[(length + 4)..]);
            length += 4 + (value?.Length ?? 0);
        }

        return length;
    }

    int WriteText(byte[]?[] texts, Span<byte> row)
    {
        var length = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            if (i > 0) row[length++] = (byte)'\t';
            if (texts[i] is { } text)
            {
                length += CopyText.Escape(plan.Encoders[i] is { } encoder ? encoder.TextForServer(text) : text, row[length..]);
                continue;
            }

            "\\N"u8.CopyTo(row[length..]);
            length += 2;
        }

        return length;
    }
}
