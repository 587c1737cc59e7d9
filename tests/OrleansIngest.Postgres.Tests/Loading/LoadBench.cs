using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>A folder, a database, a node: what a test of loading needs.</summary>
sealed class LoadBench : IAsyncDisposable
{
    readonly List<IngestNode> _nodes = [];

    LoadBench(TestDatabase database, PipelineOptions pipeline, string folder) =>
        (Database, Pipeline, Folder) = (database, pipeline, folder);

    public TestDatabase Database { get; }

    public PipelineOptions Pipeline { get; }

    public string Folder { get; }

    /// <summary>All nodes that were started and have not ended.</summary>
    public IReadOnlyList<IngestNode> Nodes => _nodes;

    /// <summary>The first node; null before there is one.</summary>
    public IngestNode? Node => _nodes.FirstOrDefault();

    public static async Task<LoadBench> CreateAsync(string createTable, Action<PipelineOptions>? change = null,
        bool withSchema = true)
    {
        var database = await TestPostgres.CreateDatabaseAsync(withSchema);
        var bench = new LoadBench(database, new PipelineOptions { Name = "test", Table = "public.t" }, TestPostgres.NewFolder());
        bench.Pipeline.Watch = [bench.Folder];
        change?.Invoke(bench.Pipeline);
        await bench.ExecuteAsync(createTable);
        return bench;
    }

    /// <summary>Another node on the same database; the bench ends it.</summary>
    public async Task<IngestNode> StartNodeAsync(string? connectionString = null, Action<PipelineOptions>? change = null)
    {
        change?.Invoke(Pipeline);
        var node = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = connectionString ?? Database.ConnectionString,
                Kind = "load",
                Pipelines = [Pipeline]
            },
            NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Ends a node before the bench does.</summary>
    public async Task EndNodeAsync(IngestNode node)
    {
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Loads files as <c>ingest load</c> does.</summary>
    public Task<IReadOnlyList<FileState>> LoadAsync(params string[] paths) => LoadAsync(null, paths);

    /// <summary>Loads files as <c>ingest load</c> does, on a node that was started before.</summary>
    public async Task<IReadOnlyList<FileState>> LoadOnAsync(IngestNode node, IReadOnlyList<string> paths)
    {
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        return await new OneShotLoad(node, Pipeline.Name, workers).RunAsync([.. paths.Select(Stat)], null,
            TestContext.Current.CancellationToken);
    }

    /// <summary>Loads files as <c>ingest load</c> does, waiting for those of others for as long as said.</summary>
    public async Task<IReadOnlyList<FileState>> LoadAsync(TimeSpan? patience, params string[] paths)
    {
        var node = _nodes.Count > 0 ? _nodes[0] : await StartNodeAsync();
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        var load = patience is { } given ? new OneShotLoad(node, Pipeline.Name, workers) { Patience = given }
            : new OneShotLoad(node, Pipeline.Name, workers);
        return await load.RunAsync([.. paths.Select(Stat)], null, TestContext.Current.CancellationToken);
    }

    public static SeenFile Stat(string path)
    {
        FileStat.TryStat(path, out var seen).ShouldBeTrue();
        return seen;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for what <paramref name="condition"/> asks; the test's own timeout ends a wait in vain.</summary>
    public async Task UntilAsync(string what, string condition)
    {
        try
        {
            while (!await ScalarAsync<bool>(condition))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"waited in vain until {what}");
        }
    }

    /// <summary>Rows as text, columns joined by a bar.</summary>
    public async Task<string[]> RowsAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.IsDBNull(i) ? "NULL"
                    : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return [.. rows];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
