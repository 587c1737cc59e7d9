using System.Buffers;
using System.Text;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The special characters of a dialect as UTF-8 bytes, for searching. Immutable.</summary>
sealed class DialectBytes
{
    /// <summary>The value for a character that a dialect does not have.</summary>
    public const int None = -1;

    readonly byte[][] _nulls;
    readonly bool _quotedEmptyIsNull;

    public DialectBytes(CsvDialect dialect)
    {
        Delimiter = Encoding.UTF8.GetBytes(dialect.Delimiter);
        Comment = Encoding.UTF8.GetBytes(dialect.Comment);
        Quote = dialect.HasQuote ? dialect.Quote : None;
        Escape = dialect.Escape == dialect.Quote ? None : dialect.Escape;
        Trims = dialect.Trim;
        EmptyIsNull = dialect.NullValues.Contains("");
        _quotedEmptyIsNull = dialect.QuotedEmptyIsNull;
        _nulls = [.. dialect.NullValues.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes)];
        var special = Quote >= 0 ? Quote : Escape;
        Marks = special >= 0
            ? SearchValues.Create([Delimiter[0], (byte)special, (byte)'\n', (byte)'\r'])
            : SearchValues.Create([Delimiter[0], (byte)'\n', (byte)'\r']);
    }

    /// <summary>Between two fields; at least one byte.</summary>
    public byte[] Delimiter { get; }

    /// <summary>Around fields, or <see cref="None"/>.</summary>
    public int Quote { get; }

    /// <summary>Before a quote or itself inside quotes; without quotes before a delimiter, a line break or itself;
    /// <see cref="None"/> for a dialect that doubles quotes.</summary>
    public int Escape { get; }

    /// <summary>Whether spaces and tabs around fields are removed.</summary>
    public bool Trims { get; }

    /// <summary>Begins lines that are not records; may be empty.</summary>
    public byte[] Comment { get; }

    /// <summary>Bytes that can end an unquoted field, or are misplaced in one; for a delimiter, its first byte.</summary>
    public SearchValues<byte> Marks { get; }

    /// <summary>Whether an empty unquoted field is NULL.</summary>
    public bool EmptyIsNull { get; }

    /// <summary>Whether texts other than the empty one are NULL.</summary>
    public bool HasNullTexts => _nulls.Length > 0;

    /// <summary>Whether a byte is a space or tab that is not part of a field.</summary>
    public bool IsBlank(int value) => value is ' ' or '\t' && value != Delimiter[0];

    /// <summary>Whether a field is NULL.</summary>
    /// <param name="text">Its text, without quotes.</param>
    /// <param name="isQuoted">Whether quotes are around it.</param>
    public bool IsNull(ReadOnlySpan<byte> text, bool isQuoted)
    {
        if (isQuoted) return text.IsEmpty && _quotedEmptyIsNull;
        if (text.IsEmpty) return EmptyIsNull;
        foreach (var value in _nulls)
        {
            if (text.SequenceEqual(value)) return true;
        }

        return false;
    }

    /// <summary>Number of bytes that an escape in an unquoted field escapes: a delimiter, a line break or an escape; 0 when the
    /// escape is literal.</summary>
    /// <param name="behind">The bytes after the escape.</param>
    public int EscapedLength(ReadOnlySpan<byte> behind)
    {
        if (behind.IsEmpty) return 0;
        if (behind[0] == Escape || behind[0] == '\n') return 1;
        if (behind[0] == '\r') return behind.Length > 1 && behind[1] == '\n' ? 2 : 1;
        return behind.StartsWith(Delimiter) ? Delimiter.Length : 0;
    }
}
