namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// A line in which one quote at the start of a field is literal, such as <c>"1,2,"a b",c</c>. On its line, this quote must be
/// unable to open a field: text follows the quote that would close it, or nothing follows it at all. Everything else must obey
/// the strict rules, and the line must have the expected number of fields. A quote that is merely never closed does not qualify:
/// its closing quote may be lost together with the text before it.
/// </summary>
/// <remarks>Cold.</remarks>
sealed class StrayQuote(DialectBytes dialect)
{
    readonly RecordParser _parser = new(dialect);

    /// <summary>The fields of the line.</summary>
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
