using System.Text;
using OrleansIngest.Engine.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

/// <summary>The strict rules of a dialect in the plainest way: a character at a time, over a string.</summary>
/// <param name="Fields">The fields' texts; those that are NULL are empty.</param>
/// <param name="Next">Where the next record starts.</param>
sealed record ModelRecord(List<string> Fields, int Next)
{
    /// <summary>Reads the record at a place; null when a quote is out of place or not closed.</summary>
    public static ModelRecord? Read(string text, int at, CsvDialect dialect)
    {
        var fields = new List<string>();
        var quote = dialect.HasQuote ? dialect.Quote : (char?)null;
        var escape = dialect.Escape == dialect.Quote ? (char?)null : dialect.Escape;
        bool Blank(int i) => i < text.Length && text[i] is ' ' or '\t' && dialect.Delimiter[0] != text[i];
        bool Delimiter(int i) => i <= text.Length
            && string.CompareOrdinal(text, i, dialect.Delimiter, 0, dialect.Delimiter.Length) == 0;
        bool Break(int i) => i < text.Length && text[i] is '\r' or '\n';
        int AfterBreak(int i) => text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;

        while (true)
        {
            var value = new StringBuilder();
            var start = at;
            while (dialect.Trim && Blank(at)) at++;
            if (at < text.Length && text[at] == quote)
            {
                at++;
                while (true)
                {
                    if (at >= text.Length) return null;
                    var next = at + 1 < text.Length ? text[at + 1] : '\0';
                    if (text[at] == escape && (next == quote || next == escape)) value.Append(text[++at]);
                    else if (text[at] == quote && next == quote && at + 1 < text.Length) value.Append(text[++at]);
                    else if (text[at] == quote) break;
                    else value.Append(text[at]);
                    at++;
                }

                at++;
                while (dialect.Trim && Blank(at)) at++;
                if (at < text.Length && !Delimiter(at) && !Break(at)) return null;
                fields.Add(value.ToString());
            }
            else
            {
                at = start;
                while (at < text.Length && !Delimiter(at) && !Break(at))
                {
                    if (text[at] == quote) return null;
                    var escaped = quote is null && text[at] == escape
                        ? Break(at + 1) ? AfterBreak(at + 1) - at - 1 : Delimiter(at + 1) ? dialect.Delimiter.Length
                            : at + 1 < text.Length && text[at + 1] == escape ? 1 : 0
                        : 0;
                    value.Append(escaped > 0 ? text.Substring(at + 1, escaped) : text[at].ToString());
                    at += 1 + escaped;
                }

                var field = value.ToString();
                char[] blanks = [.. " \t".Where(c => c != dialect.Delimiter[0])];
                if (dialect.Trim) field = field.Trim(blanks);
                fields.Add(dialect.NullValues.Contains(field) ? "" : field);
            }

            if (at >= text.Length) return new ModelRecord(fields, at);
            if (Break(at)) return new ModelRecord(fields, AfterBreak(at));
            at += dialect.Delimiter.Length;
        }
    }
}
