using System.Text;

namespace OrleansIngest.Engine.Inference;

/// <summary>Names of tables and columns.</summary>
public static class SqlName
{
    const int MaxBytes = 63;

    /// <summary>PostgreSQL's reserved words, which need quotes.</summary>
    static readonly HashSet<string> Reserved = new(
        """
        all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
        constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
        deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
        intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order
        outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then
        to trailing true union unique user using variadic verbose when where window with
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    /// <summary>The header as a name that needs no quotes where possible: <c>Order ID</c> and <c>orderId</c> become <c>order_id</c>.</summary>
    /// <param name="header">As in the file.</param>
    /// <param name="fallback">For a header without a letter or digit.</param>
    public static string From(string header, string fallback)
    {
        var name = new StringBuilder();
        var previous = '_';
        foreach (var letter in header.Trim())
        {
            if (!char.IsLetterOrDigit(letter))
            {
                if (name.Length > 0 && name[^1] != '_')
                    name.Append('_');
            }
            else
            {
                if (char.IsUpper(letter) && char.IsLower(previous))
                    name.Append('_');
                name.Append(char.ToLowerInvariant(letter));
            }

            previous = letter;
        }

        var result = name.ToString().Trim('_');
        if (result.Length == 0)
            return fallback;
        if (char.IsAsciiDigit(result[0]))
            result = "_" + result;
        while (Encoding.UTF8.GetByteCount(result) > MaxBytes)
            result = result[..^1];
        return result;
    }

    /// <summary>The name as SQL wants it: in quotes where it would be folded, is reserved, or has other characters than letters, digits and <c>_</c>.</summary>
    public static string Quote(string name)
    {
        var plain = name.Length > 0 && !char.IsAsciiDigit(name[0]) && !Reserved.Contains(name)
            && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
        return plain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
