using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Finds the bad field in a rejected record, for display only: nothing depends on it.</summary>
static class RejectField
{
    /// <summary>The field at an index; without an index, the only field whose value is quoted at the end of the detail, as in the
    /// server's messages. Null if there is none, or more than one.</summary>
    public static TextSpan? Find(string raw, string detail, int? index, char delimiter, char quote)
    {
        var start = detail.IndexOf(": \"", StringComparison.Ordinal);
        if (index is null && (start < 0 || detail[^1] != '"' || start + 3 >= detail.Length)) return null;
        var wanted = index is null ? detail.AsSpan(start + 3, detail.Length - start - 4) : default;
        TextSpan? found = null;
        for (int at = 0, i = 0; at <= raw.Length; i++)
        {
            var end = EndOf(raw, at, delimiter, quote);
            if (index is null ? Value(raw.AsSpan(at, end - at), quote).SequenceEqual(wanted) : i == index)
            {
                if (found is not null) return null;
                found = new TextSpan(at, end - at);
            }

            at = end + 1;
        }

        return found;
    }

    /// <summary>The index of a column's field; null if unknown.</summary>
    /// <param name="column">The column of the table.</param>
    /// <param name="header">The names of the fields as a JSON array, if the file had any.</param>
    /// <param name="aliases">The pipeline's columns by field names as a JSON object.</param>
    public static int? IndexOf(string? column, string? header, string? aliases)
    {
        if (column is null || header is null) return null;
        var names = JsonSerializer.Deserialize(header, ViewJson.Default.StringArray) ?? [];
        var columns = aliases is null ? null : JsonSerializer.Deserialize(aliases, ViewJson.Default.DictionaryStringString);
        var index = Array.FindIndex(names,
            name => string.Equals(columns?.GetValueOrDefault(name.Trim()) ?? name.Trim(), column,
                StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index;
    }

    static int EndOf(string raw, int at, char delimiter, char quote)
    {
        var isQuoted = at < raw.Length && raw[at] == quote;
        for (var i = isQuoted ? at + 1 : at; i < raw.Length; i++)
        {
            if (isQuoted && raw[i] == quote)
            {
                if (i + 1 < raw.Length && raw[i + 1] == quote) i++;
                else isQuoted = false;
            }
            else if (!isQuoted && raw[i] == delimiter)
            {
                return i;
            }
        }

        return raw.Length;
    }

    static ReadOnlySpan<char> Value(ReadOnlySpan<char> field, char quote) =>
        field.Length >= 2 && field[0] == quote && field[^1] == quote
            ? field[1..^1].ToString().Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal) : field;
}
