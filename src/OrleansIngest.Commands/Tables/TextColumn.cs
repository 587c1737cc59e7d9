namespace OrleansIngest.Commands.Tables;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Name">Its head, in capitals.</param>
/// <param name="IsNumber">Whether its values stand to the right, and are never cut.</param>
/// <param name="Rank">0: always there, as what identifies a row must be. Those with the highest number are left out first where a
/// terminal is too narrow for all.</param>
/// <param name="IsPath">Whether its values may lose their beginning.</param>
/// <param name="Wraps">Whether its values continue on further lines, between words, instead of losing their end: for a sentence
/// that is shown nowhere else. Default: false.</param>
readonly record struct TextColumn(
    string Name, bool IsNumber = false, int Rank = 0, bool IsPath = false, bool Wraps = false)
{
    /// <summary>A column of words.</summary>
    public static implicit operator TextColumn(string name) => new(name);
}
