namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// A line in which one quote at the start of a field is literal, such as <c>"1,2,"a b",c</c>. That this quote opens a
/// field must be impossible on its line: text stands behind the quote that would close it, or nothing stands after it at all.
/// Everything else must keep the strict rules, and the line must have the expected number of fields. A quote that is only never
/// closed may as well have lost its other half, with what was in it, and is none of these.
/// </summary>
/// <remarks>Cold.</remarks>
sealed class StrayQuote(DialectBytes dialect)
{
    readonly RecordParser _parser = new(dialect);

    /// <summary>The fields of the line that was read.</summary>
    public FieldSlots Fields => _parser.Fields;

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its line break.</param>
    /// <param name="expected">How many fields it must have, from 1.</param>
    public bool TryRead(byte[] line, int expected)
    {
        if (line.Length == 0 || _parser.Parse(line, isEnd: true) != ParseOutcome.Fault) return false;
        var quote = _parser.FaultyQuote;
        if (quote < 0 || (_parser.IsFaultOpen && quote != line.Length - 1)) return false;
        return _parser.Parse(line, isEnd: true, quote) == ParseOutcome.Record && _parser.Fields.Count == expected
            && _parser.Length == line.Length;
    }
}
