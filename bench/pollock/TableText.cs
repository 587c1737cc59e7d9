using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Pollock;

/// <summary>What a table of text columns holds after a load, as CSV: a rejected record is not in it.</summary>
sealed class TableText(RecordLayout layout, bool withHeader) : IRecordsUser<string>
{
    public string Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
    {
        var text = new StringBuilder();
        if (withHeader) Line(text, Names());
        for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
        {
            if (kind == RecordKind.Data && Values(ref records) is { } values) Line(text, values);
        }

        records.Dispose();
        return text.ToString();
    }

    /// <summary>The header's names, as the ledger stores them next to those of the columns; fields of a file without a header are
    /// named as by <c>load --create</c>.</summary>
    IEnumerable<string> Names() => Enumerable.Range(0, layout.FieldCount).Select(i =>
        layout.IsByName ? layout.Names.ElementAtOrDefault(i) ?? "" : $"column_{i + 1}");

    string[]? Values<TRecords>(ref TRecords records) where TRecords : struct, ITextRecords
    {
        if (records.FieldCount != layout.FieldCount) return null;
        var values = new string[layout.FieldCount];
        for (var i = 0; i < values.Length; i++)
        {
            var value = records.Field(i);
            if (!Utf8.IsValid(value) || value.Contains((byte)0)) return null;
            values[i] = Encoding.UTF8.GetString(value);
        }

        return values;
    }

    static void Line(StringBuilder text, IEnumerable<string> values) =>
        text.AppendJoin(',', values.Select(value => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
}
