using System.Collections.Concurrent;

namespace OrleansIngest.Monitor;

/// <summary>The databases whose ledgers the monitor shows: the main one, and those that the configuration names beside
/// it.</summary>
public sealed class MonitorDatabases : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, MonitorDatabase> _others = new(StringComparer.Ordinal);
    readonly string _node;

    /// <summary>Opens nothing yet.</summary>
    public MonitorDatabases(MonitorOptions options)
    {
        _node = options.Node;
        Main = new MonitorDatabase(options.ConnectionString, options.Node, options.Database);
        foreach (var (name, connectionString) in options.Databases) TryAdd(name, connectionString);
    }

    /// <summary>The default database.</summary>
    public MonitorDatabase Main { get; }

    /// <summary>The main one first, the others by name.</summary>
    public IReadOnlyList<MonitorDatabase> All => [Main, .. _others.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>The one of a name; null for none.</summary>
    public MonitorDatabase? Find(string name) => name == Main.Name ? Main : _others.GetValueOrDefault(name);

    /// <summary>One that came into the configuration.</summary>
    /// <returns>False when there is one of that name.</returns>
    public bool TryAdd(string name, string connectionString)
    {
        if (name == Main.Name || _others.ContainsKey(name)) return false;
        var database = new MonitorDatabase(connectionString, _node, name);
        if (!_others.TryAdd(name, database)) return false;
        Added?.Invoke(database);
        return true;
    }

    /// <summary>Called with each that comes later.</summary>
    internal event Action<MonitorDatabase>? Added;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in All)
        {
            await database.DataSource.DisposeAsync();
            await database.RowSource.DisposeAsync();
        }
    }
}
