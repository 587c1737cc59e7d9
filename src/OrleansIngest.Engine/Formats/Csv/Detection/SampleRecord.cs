namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>A record, divided by one splitting.</summary>
/// <param name="Line">The line, 1-based, on which it starts; of the sample, not of the file, in a sample from the middle.</param>
/// <param name="Fields">Its fields, in their order.</param>
/// <param name="IsBroken">Whether a quote is misplaced: then it is one line, and a quote closes only before a delimiter or the
/// line's end.</param>
readonly record struct SampleRecord(int Line, FieldSpan[] Fields, bool IsBroken)
{
    /// <summary>Whether a quote opens a field and is not closed in the line. Default: false.</summary>
    public bool HasOpenQuote { get; init; }

    /// <summary>How many fields it has.</summary>
    public int Width => Fields.Length;

    /// <summary>Whether it is an empty line.</summary>
    public bool IsBlank => Fields.Length == 1 && Fields[0] is { Length: 0, IsQuoted: false };

    /// <summary>How many fields are not empty.</summary>
    public int Filled
    {
        get
        {
            var filled = 0;
            foreach (var value in Fields) filled += value.Length > 0 ? 1 : 0;
            return filled;
        }
    }
}

/// <summary>The place of a field's value in a sample, without its quotes.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">In bytes.</param>
/// <param name="IsQuoted">Whether it is quoted.</param>
readonly record struct FieldSpan(int Start, int Length, bool IsQuoted)
{
    /// <summary>The value's bytes, with doubled and escaped quotes as written.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
