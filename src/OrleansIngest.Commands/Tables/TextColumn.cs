namespace OrleansIngest.Commands.Tables;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Name">Its head, in capitals.</param>
/// <param name="IsNumber">Whether its values stand to the right, and are never cut.</param>
/// <param name="Rank">0: always there, as what identifies a row must be. Those with the highest number are left out first where a
/// terminal is too narrow for all.</param>
/// <param name="IsPath">Whether its values may lose their beginning.</param>
/// <param name="Wraps">Whether its values continue on further lines, between words, instead of losing their end: for the values
/// of a record. Default: false.</param>
/// <param name="IsBelow">Whether its values are sentences, which have lines of their own below their rows where not all of them
/// fit beside the other columns. Default: false.</param>
/// <param name="IsInstant">Whether its values are from <see cref="Readable.Instant"/>: a narrow terminal shows them without year
/// and seconds. Default: false.</param>
/// <param name="Label">Of a table with sentences: what its values are called before the sentence, where the column itself does
/// not fit. Default: null, they are left out.</param>
readonly record struct TextColumn(
    string Name, bool IsNumber = false, int Rank = 0, bool IsPath = false, bool Wraps = false, bool IsBelow = false,
    bool IsInstant = false, string? Label = null)
{
    /// <summary>A column of words.</summary>
    public static implicit operator TextColumn(string name) => new(name);
}
