using Npgsql;

namespace OrleansIngest.Testing;

/// <summary>A database of one test. Disposing it ends its connections and drops it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly Func<string, Task> _drop;

    internal TestDatabase(string name, string connectionString, Func<string, Task> drop)
    {
        (Name, ConnectionString, _drop) = (name, connectionString, drop);
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _drop(Name);
    }
}
