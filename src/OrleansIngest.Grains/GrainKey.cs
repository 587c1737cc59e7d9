namespace OrleansIngest.Grains;

/// <summary>The subject of a grain and its database, because numbers of files and names of pipelines are unique only within a
/// ledger. The text is
/// <c>orders</c> for the main database, <c>shop/orders</c> for another; no name has a slash.</summary>
/// <param name="Database">Its name in the configuration; null for the main one.</param>
/// <param name="Name">A pipeline's name, or a file's number.</param>
public readonly record struct GrainKey(string? Database, string Name)
{
    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    public static GrainKey Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new GrainKey(null, text) : new GrainKey(text[..slash], text[(slash + 1)..]);
    }

    /// <summary>The key of a grain, and what log lines call it.</summary>
    public override string ToString() => Database is null ? Name : $"{Database}/{Name}";
}
