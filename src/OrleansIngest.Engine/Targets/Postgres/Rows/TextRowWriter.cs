using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Writes rows in COPY's text format, for tables with a column that has no encoder; columns with an encoder are still
/// checked by it.</summary>
sealed class TextRowWriter(CopyPlan plan)
{
    enum Verdict
    {
        Fine,
        Rejected,

        /// <summary>Only the server can decide whether the value satisfies the rules.</summary>
        Undecided,
    }

    readonly byte[] _scratch = new byte[4096];

    /// <summary>Returns the row's length, or 0 if the record was rejected or deferred.</summary>
    public int Write<TRecords>(ref TRecords record, EncodedRows batch, Span<byte> row) where TRecords : struct, ITextRecords
    {
        var length = 0;
        var undecided = false;
        for (var i = 0; i < plan.Fields.Length; i++)
        {
            if (i > 0) row[length++] = (byte)'\t';
            var text = record.Field(plan.Fields[i]);
            if (text.IsEmpty)
            {
                var isNull = record.IsNull(plan.Fields[i]);
                if (plan.Required[i] || (isNull && plan.RefusesNull[i]))
                {
                    RecordRejects.AddEmpty(ref record, batch, plan.Columns[i]);
                    return 0;
                }

                if (isNull)
                {
                    "\\N"u8.CopyTo(row[length..]);
                    length += 2;
                    continue;
                }
            }

            var verdict = Check(ref record, batch, i, text);
            if (verdict == Verdict.Rejected) return 0;
            undecided |= verdict == Verdict.Undecided;
            length += CopyText.Escape(plan.Encoders[i] is { } encoder ? encoder.TextForServer(text) : text, row[length..]);
        }

        if (batch.Metadata is { } metadata)
            length += metadata.Write(row[length..], record.Line, batch.FirstRecord + batch.Records, record.Position);
        row[length++] = (byte)'\n';
        if (!undecided) return length;
        RecordRejects.Defer(ref record, batch, plan);
        return 0;
    }

    Verdict Check<TRecords>(ref TRecords record, EncodedRows batch, int column, ReadOnlySpan<byte> text)
        where TRecords : struct, ITextRecords
    {
        ReadOnlySpan<byte> encoded = default;
        if (plan.Encoders[column] is { } encoder)
        {
            var scratch = text.Length + ColumnEncoder.Slack <= _scratch.Length ? _scratch
                : new byte[text.Length + ColumnEncoder.Slack];
            var bytes = encoder.Encode(text, scratch);
            if (bytes == ColumnEncoder.Rejected)
            {
                RecordRejects.Add(ref record, batch, RejectReason.BadValue, plan.Columns[column].Name, encoder.Explain(text));
                return Verdict.Rejected;
            }

            // Without rules, COPY itself may check the text, unless something is computed from it before.
            if (bytes == ColumnEncoder.AskServer)
                return plan.Rules[column].Length == 0 && plan.Compute is null ? Verdict.Fine : Verdict.Undecided;
            encoded = scratch.AsSpan(0, bytes);
        }

        foreach (var rule in plan.Rules[column])
        {
            if (rule.Accepts(text, encoded)) continue;
            RecordRejects.Add(ref record, batch, RejectReason.Rule, plan.Columns[column].Name, rule.Explain(text));
            return Verdict.Rejected;
        }

        return Verdict.Fine;
    }
}
