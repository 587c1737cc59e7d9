using System.Collections.Immutable;

namespace OrleansIngest.Grains;

/// <summary>The Engine of the grain's process: a node for each database. All of them have the name of the
/// silo.</summary>
/// <param name="main">The node of the main database, which also has Orleans' own tables.</param>
public sealed class LocalNodes(LocalNode main) : IDisposable
{
    readonly CancellationTokenSource _draining = new();
    TaskCompletionSource _added = NewSignal();
    ImmutableDictionary<string, LocalNode> _others = ImmutableDictionary<string, LocalNode>.Empty;

    /// <summary>The node of the main database.</summary>
    public LocalNode Main => main;

    /// <summary>The main one first.</summary>
    public IEnumerable<LocalNode> All => [main, .. Volatile.Read(ref _others).Values];

    /// <summary>Cancelled when this process takes no more files and returns those that it has.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>The node of a database; null when this process has none of that name.</summary>
    /// <param name="database">Null for the main one.</param>
    public LocalNode? Find(string? database) => database is null ? main : Volatile.Read(ref _others).GetValueOrDefault(database);

    /// <summary>Adds one for another database, started or not.</summary>
    /// <returns>False when there is one of that name.</returns>
    public bool TryAdd(LocalNode node)
    {
        var database = node.Database ?? throw new ArgumentException("The main node cannot be added.", nameof(node));
        if (!ImmutableInterlocked.TryAdd(ref _others, database, node)) return false;
        Interlocked.Exchange(ref _added, NewSignal()).SetResult();
        return true;
    }

    /// <summary>Ends when one is added.</summary>
    internal Task Added => Volatile.Read(ref _added).Task;

    /// <summary>Ends the work of the file grains here; each returns its file.</summary>
    public void Drain() => _draining.Cancel();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public void Dispose() => _draining.Dispose();
}
