namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>The result of rebuilding dropped indexes.</summary>
/// <param name="Built">Rebuilt indexes; quoted, with their schemas.</param>
/// <param name="Failed">Indexes that could not be built: they are retried later.</param>
/// <param name="Seconds">Its duration.</param>
public sealed record RebuildReport(IReadOnlyList<string> Built, IReadOnlyList<FailedBuild> Failed, double Seconds)
{
    /// <summary>Nothing to build.</summary>
    public static RebuildReport Empty { get; } = new([], [], 0);
}

/// <summary>An index that could not be built.</summary>
/// <param name="Index">Quoted, with its schema.</param>
/// <param name="Table">Quoted, with its schema.</param>
/// <param name="Reason">The server's message.</param>
public sealed record FailedBuild(string Index, string Table, string Reason);
