namespace OrleansIngest.Commands.Tables;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Name">Its head, in capitals.</param>
/// <param name="IsNumber">Whether its values stand to the right.</param>
/// <param name="Rank">0: always there, as what identifies a row must be. Those with the highest number are left out first where a
/// terminal is too narrow for all.</param>
/// <param name="IsPath">Whether its values may lose their beginning.</param>
readonly record struct TextColumn(string Name, bool IsNumber = false, int Rank = 0, bool IsPath = false)
{
    /// <summary>A column of words.</summary>
    public static implicit operator TextColumn(string name) => new(name);
}
