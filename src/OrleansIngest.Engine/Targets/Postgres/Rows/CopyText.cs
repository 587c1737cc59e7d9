using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>COPY's text format.</summary>
static class CopyText
{
    /// <summary>Writes a value with COPY's special characters escaped; at most twice the value's length.</summary>
    /// <returns>The bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        while (true)
        {
            var special = text.IndexOfAny("\\\t\n\r"u8);
            var plain = special < 0 ? text : text[..special];
            plain.CopyTo(destination[length..]);
            length += plain.Length;
            if (special < 0) return length;
            destination[length++] = (byte)'\\';
            destination[length++] = text[special] switch
            {
                (byte)'\t' => (byte)'t',
                (byte)'\n' => (byte)'n',
                (byte)'\r' => (byte)'r',
                _ => (byte)'\\'
            };
            text = text[(special + 1)..];
        }
    }

    /// <summary>Reads a value from a row that was written with <see cref="Escape"/>. Cold.</summary>
    /// <param name="row">One row, including its line break.</param>
    /// <param name="column">The column's index, from 0.</param>
    /// <returns>Null for NULL.</returns>
    public static string? Field(ReadOnlySpan<byte> row, int column)
    {
        row = row.TrimEnd((byte)'\n');
        for (; column > 0; column--) row = row[(row.IndexOf((byte)'\t') + 1)..];
        var end = row.IndexOf((byte)'\t');
        if (end >= 0) row = row[..end];
        if (row.SequenceEqual("\\N"u8)) return null;
        var value = new byte[row.Length];
        var length = 0;
        for (var i = 0; i < row.Length; i++)
        {
            value[length++] = row[i] != '\\' ? row[i] : row[++i] switch
            {
                (byte)'t' => (byte)'\t',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                var other => other
            };
        }

        return Encoding.UTF8.GetString(value, 0, length);
    }
}
