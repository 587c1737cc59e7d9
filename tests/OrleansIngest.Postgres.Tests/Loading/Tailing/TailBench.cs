using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Tailing;

/// <summary>A folder that is watched as a silo watches it, with files that are followed.</summary>
sealed class TailBench : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    IngestNode? _node;
    TaskFileWorkers? _workers;
    Task _rounds = Task.CompletedTask;
    CancellationTokenSource? _stopRounds;

    readonly int _capacity;

    TailBench(LoadBench bench, int capacity) => (Bench, _capacity) = (bench, capacity);

    public LoadBench Bench { get; }

    public string Log => Path.Combine(Bench.Folder, "app.log");

    public static async Task<TailBench> CreateAsync(Action<PipelineOptions>? more = null, int capacity = 128)
    {
        var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, note text, line bigint, rec bigint)", p =>
        {
            (p.Tail, p.TailIdle, p.MaxAttempts) = (true, TimeSpan.FromMinutes(10), 1);
            p.ListingInterval = TimeSpan.FromMilliseconds(20);
            p.Metadata = new Dictionary<string, string> { ["line"] = "{line}", ["rec"] = "{record}" };
            more?.Invoke(p);
        });
        var tail = new TailBench(bench, capacity);
        await tail.StartAsync();
        return tail;
    }

    public async Task StartAsync()
    {
        _node = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = Bench.Database.ConnectionString,
                Kind = "silo",
                Pipelines = [Bench.Pipeline],
                Capacity = _capacity
            },
            NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        _workers = new TaskFileWorkers(_node, NullLoggerFactory.Instance);
        _stopRounds = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, TestContext.Current.CancellationToken);
        _rounds = Task.Run(() => RunAsync(_node, _workers, _stopRounds.Token), CancellationToken.None);
    }

    /// <summary>Ends the node in the middle of what it does: its files are another one's when it has left.</summary>
    public async Task EndAsync()
    {
        await _stopRounds!.CancelAsync();
        await _rounds;
        await _workers!.DisposeAsync();
        await _node!.DisposeAsync();
        _stopRounds.Dispose();
    }

    public void Append(string text) => File.AppendAllText(Log, text);

    /// <summary>Waits until the table has these ids, in their order.</summary>
    public Task HasAsync(params int[] ids) => UntilAsync(
        $"the table has {string.Join(' ', ids)}",
        $"SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') = '{string.Join(' ', ids.Order())}' FROM t");

    public Task AreAsync(string states) => UntilAsync(
        $"the versions are {states}",
        $"SELECT coalesce(string_agg(substring(path FROM '[^/]*$') || ' ' || version || ' ' || status, ', ' ORDER BY path, "
            + $"version), '') = '{states}' FROM ingest.file");

    /// <summary>Waits for what a condition asks; says what there is when that does not come.</summary>
    public async Task UntilAsync(string what, string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        while (!await Bench.ScalarAsync<bool>(condition))
        {
            if (_rounds.IsCompleted) await _rounds; // says why
            if (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
                continue;
            }

            var files = await Bench.RowsAsync(
                "SELECT path, version, status, size, inode, tail_end, epoch, next_attempt_at, coalesce(reason, error) FROM "
                    + "ingest.file ORDER BY path, version");
            var rows = await Bench.RowsAsync("SELECT id, note, line, rec FROM t ORDER BY id");
            var disk = Directory.GetFiles(Bench.Folder).Order()
                .Select(f => $"{f} {File.ReadAllText(f).Replace("\n", "\\n", StringComparison.Ordinal)}");
            throw new TimeoutException(string.Join('\n', ["waited in vain until " + what, .. files, .. rows, .. disk]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
        await Bench.DisposeAsync();
    }

    async Task RunAsync(IngestNode node, TaskFileWorkers workers, CancellationToken stop)
    {
        using var coordinator = node.CreateCoordinator(Bench.Pipeline.Name, workers);
        try
        {
            while (true) await coordinator.WaitAsync(await coordinator.RunRoundAsync(stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
