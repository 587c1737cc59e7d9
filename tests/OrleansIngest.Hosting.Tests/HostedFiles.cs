using System.Globalization;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Hosting.Tests;

/// <summary>A directory with files of orders, a database, and what is in its table.</summary>
sealed class HostedFiles : IAsyncDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), LongestStill = TimeSpan.FromMinutes(1);

    readonly TempDirectory _directory = new();
    readonly TestDatabase _database;
    int _written;

    HostedFiles(TestDatabase database) => _database = database;

    public string Watch => _directory.Path;

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Orders written so far, each in one line.</summary>
    public int Written => _written;

    public static async Task<HostedFiles> CreateAsync() => new(await TestPostgres.CreateDatabaseAsync(withSchema: false));

    /// <summary>Writes a file of orders whose numbers go on where the last file's ended.</summary>
    /// <returns>Its path.</returns>
    public string Write(int orders)
    {
        var path = Path.Combine(Watch, string.Create(CultureInfo.InvariantCulture, $"orders-{_written:D9}.csv"));
        var lines = Enumerable.Range(_written, orders).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},item {i}"));
        File.WriteAllText(path + ".tmp", "id,item\n" + string.Join('\n', lines) + "\n");
        File.Move(path + ".tmp", path);
        _written += orders;
        return path;
    }

    public async Task<long> CountAsync(string what)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand($"SELECT {what}");
        try
        {
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidSchemaName)
        {
            return 0; // not made yet
        }
    }

    /// <summary>Waits for a number, as long as it goes on changing.</summary>
    public async Task UntilAsync(string what, Func<long, bool> isReached)
    {
        var (last, since) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            var count = await CountAsync(what);
            if (isReached(count)) return;
            if (count != last) (last, since) = (count, TimeProvider.System.GetTimestamp());
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(LongestStill, $"{what} stays {count}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task AllAreLoadedAsync() => UntilAsync("count(*) FROM orders", count => count >= Written);

    /// <summary>Each order is one row.</summary>
    public async Task EachIsThereOnceAsync()
    {
        (await CountAsync("count(*) FROM orders")).ShouldBe(Written);
        (await CountAsync("count(DISTINCT id) FROM orders")).ShouldBe(Written);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _directory.Dispose();
    }
}
