using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>Checks computed values for NOT NULL and the rules of their columns.</summary>
static class ComputedRules
{
    /// <summary>The rule that a record violates; null for none.</summary>
    /// <param name="columns">The computed columns: a row has the record's number, the values, and the texts of those with
    /// rules.</param>
    /// <param name="values">The positions of the values.</param>
    /// <param name="row">The row of the record.</param>
    public static (string Reason, string? Column, string Detail)? Broken(
        IReadOnlyList<ComputedColumn> columns, RowValues values, ReadOnlySpan<byte> row)
    {
        var texts = 1 + columns.Count;
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            var text = column.Rules.Count > 0 ? texts++ : -1;
            if (values.IsNull(row, i + 1))
            {
                if (column.Column.NotNull || column.Rules.Any(r => r.RequiresValue))
                {
                    return (RejectReason.MissingValue, column.Column.Name,
                        $"column \"{column.Column.Name}\" needs a value, but {column.Expression} is NULL");
                }
            }
            else if (text >= 0 && Broken(column, values.Text(row, text), values.Value(row, i + 1)) is { } detail)
            {
                return (RejectReason.Rule, column.Column.Name, $"{detail}, computed as {column.Expression}");
            }
        }

        return null;
    }

    static string? Broken(ComputedColumn column, byte[] text, ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty && column.Encoder is { } encoder)
        {
            var scratch = new byte[text.Length + ColumnEncoder.Slack];
            var bytes = encoder.Encode(text, scratch);
            if (bytes < 0) return $"no rule can be applied to \"{System.Text.Encoding.UTF8.GetString(text)}\"";
            encoded = scratch.AsSpan(0, bytes);
        }

        foreach (var rule in column.Rules)
        {
            if (!rule.Accepts(text, encoded)) return rule.Explain(text);
        }

        return null;
    }
}
