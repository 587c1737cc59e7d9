using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Inference;

/// <summary>Names of tables and columns.</summary>
public static class SqlName
{
    /// <summary>Maximum length of a name in PostgreSQL, in bytes of UTF-8.</summary>
    public const int MaxBytes = 63;

    /// <summary>PostgreSQL's reserved words, which need quotes.</summary>
    static readonly HashSet<string> Reserved = new(
        """
        all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
        concurrently constraint create cross current_catalog current_date current_role current_schema current_time
        current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
        full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
        localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
        right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user
        using variadic verbose when where window with
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    /// <summary>The header as a name that needs no quotes where possible: <c>Order ID</c> and <c>orderId</c> become
    /// <c>order_id</c>.</summary>
    /// <param name="header">As in the file.</param>
    /// <param name="fallback">For a header without a letter or digit.</param>
    public static string From(string header, string fallback)
    {
        var name = new StringBuilder();
        var previous = new Rune('_');
        foreach (var rune in HeaderName.Visible(header).EnumerateRunes())
        {
            if (!IsPartOfWord(rune))
            {
                if (name.Length > 0 && name[^1] != '_')
                    name.Append('_');
            }
            else
            {
                if (Rune.IsUpper(rune) && Rune.IsLower(previous))
                    name.Append('_');
                name.Append(Rune.ToLowerInvariant(rune).ToString());
            }

            previous = rune;
        }

        var result = name.ToString().Trim('_');
        if (result.Length == 0)
            return fallback;
        if (char.IsAsciiDigit(result[0]))
            result = "_" + result;
        return Cut(result, MaxBytes);
    }

    /// <summary>The header's own name, without invisible characters, cut to <see cref="MaxBytes"/>.</summary>
    /// <param name="header">As in the file.</param>
    /// <param name="fallback">For a header without a name.</param>
    public static string Kept(string header, string fallback) =>
        Cut(HeaderName.Visible(header), MaxBytes) is { Length: > 0 } name ? name : fallback;

    /// <summary>The longest beginning of the name that fits into this many bytes of UTF-8, whole characters only.</summary>
    public static string Cut(string name, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= bytes)
            return name;
        var end = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
                break;
            end += rune.Utf16SequenceLength;
        }

        return name[..end].TrimEnd();
    }

    /// <summary>Letters, digits, and the marks that some scripts write vowels with.</summary>
    static bool IsPartOfWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>The name for SQL: in quotes if it would be folded, is reserved, or has characters other than letters, digits and
    /// <c>_</c>.</summary>
    public static string Quote(string name)
    {
        var plain = name.Length > 0 && !char.IsAsciiDigit(name[0]) && !Reserved.Contains(name)
            && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
        return plain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
