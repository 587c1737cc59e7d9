namespace OrleansIngest.Engine.Ledger;

/// <summary>An index that a bulk load dropped and that is not rebuilt yet.</summary>
/// <param name="Id">Its key in <c>ingest.dropped_index</c>.</param>
/// <param name="Table">The table that was loaded, quoted, with its schema.</param>
/// <param name="Name">Quoted, with its schema.</param>
/// <param name="Pipeline">The pipeline whose files were loaded.</param>
/// <param name="Node">The load that rebuilds it; null for silos.</param>
/// <param name="DroppedAt">Since when it is missing.</param>
/// <param name="IsAwaited">Whether files for which it was dropped are still being loaded.</param>
/// <param name="Attempts">Builds that failed.</param>
/// <param name="Error">The server's message about the last one; null if none has failed.</param>
public sealed record DroppedIndex(
    long Id, string Table, string Name, string Pipeline, string? Node, DateTimeOffset DroppedAt, bool IsAwaited, int Attempts,
    string? Error)
{
    /// <summary>Its state, a sentence without its full stop.</summary>
    public string Sentence => this switch
    {
        { Error: { } error } => $"index {Name} of {Table} could not be rebuilt (attempt {Attempts}): {error}",
        { IsAwaited: true, Node: { } node } =>
            $"index {Name} of {Table} was dropped for a bulk load and will be rebuilt by node {node}",
        { IsAwaited: true } =>
            $"index {Name} of {Table} was dropped for the backlog of pipeline {Pipeline} and will be rebuilt after it",
        _ => $"index {Name} of {Table} was dropped for a bulk load: the next ingest load or ingest up rebuilds it",
    };
}
