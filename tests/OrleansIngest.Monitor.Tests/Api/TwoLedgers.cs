using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>A monitor over two ledgers: a main one with some of everything, and <c>second</c> with a pipeline and files of its
/// own.</summary>
sealed class TwoLedgers : IAsyncDisposable
{
    readonly TempDirectory _folder = new();

    public required Ledger Main { get; init; }

    public required TestDatabase Second { get; init; }

    public MonitorProcess Monitor { get; private set; } = null!;

    /// <param name="arguments">More of the command line.</param>
    public static async Task<TwoLedgers> StartAsync(params string[] arguments)
    {
        var both = new TwoLedgers { Main = await Ledger.CreateAsync(), Second = await TestPostgres.CreateDatabaseAsync() };
        await using var insert = both.Second.DataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config)
                VALUES ('clicks',
                    '{"name": "clicks", "database": "second", "table": "public.clicks", "watch": ["/data/clicks"]}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, reason, epoch, owner_node, records_read,
                rows_loaded, rows_rejected, bytes_read,
                discovered_at, ready_at, claimed_at, started_at, finished_at)
            SELECT 'clicks', '/data/clicks/a.csv', 1000, 1, 1, 1, 'quarantined', 'it is broken', 1, NULL, 0, 0, 0, 0, at, at, at,
                at, at FROM (SELECT clock_timestamp() AS at) t;
            """);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var config = Path.Combine(both._folder.Path, "ingest.json");
        await File.WriteAllTextAsync(config, """
            { "databases": { "second": "${SECOND_URL}" },
              "pipelines": [ { "name": "clicks", "watch": ["/data/clicks"], "table": "clicks", "database": "second" } ] }
            """);
        both.Monitor = await MonitorProcess.StartAsync(
            both.Main.ConnectionString, new Dictionary<string, string> { ["SECOND_URL"] = TestUrl.Of(both.Second) },
            ["--config", config, .. arguments]);
        return both;
    }

    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync();
        await Main.DisposeAsync();
        await Second.DisposeAsync();
        _folder.Dispose();
    }
}
