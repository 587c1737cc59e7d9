namespace OrleansIngest.Crash.Tests;

/// <summary>Several `up` as processes, on the files and the database of a test.</summary>
sealed class SiloGroup(KnownFiles files) : IDisposable
{
    readonly List<IngestProcess> _running = [];

    public IReadOnlyList<IngestProcess> Running => _running;

    /// <summary>Starts one; returns at once.</summary>
    /// <param name="inside">What the process is run inside of; null for nothing.</param>
    /// <param name="options">More options of `up`.</param>
    public IngestProcess Start(IReadOnlyList<string>? inside = null, params string[] options)
    {
        var process = IngestProcess.Start(
            files.ConnectionString, null, inside,
            ["up", "--config", files.Config, "--http", "127.0.0.1:0", "--log-level", "info", .. options]);
        _running.Add(process);
        return process;
    }

    /// <summary>Until the ledger says that so many silos live.</summary>
    public Task AliveAsync(int silos) => UntilAsync($"{silos} silos live",
        $"SELECT (count(*) = {silos})::text FROM ingest.node WHERE kind = 'silo' AND state = 'alive'");

    /// <summary>The node that a process is in the ledger.</summary>
    public async Task<string> NodeOfAsync(IngestProcess process) =>
        (await files.LinesAsync($"SELECT node FROM ingest.node WHERE pid = {process.Id}")).ShouldHaveSingleItem();

    /// <summary>SIGKILL, and forgotten.</summary>
    public async Task KillAsync(IngestProcess process)
    {
        process.Kill();
        await process.WaitAsync();
        _running.Remove(process);
        process.Dispose();
    }

    /// <summary>SIGTERM, until it has ended well; what it said.</summary>
    public async Task<string> StopAsync(IngestProcess process)
    {
        process.Signal("TERM");
        var said = await process.WaitAsync();
        process.ExitCode.ShouldBe(0, said);
        _running.Remove(process);
        process.Dispose();
        return said;
    }

    /// <summary>Until a statement says <c>true</c>; a database that is away has not said so. Fails after two minutes in which
    /// nothing was committed: how long the work takes is up to the machine.</summary>
    public async Task UntilAsync(string what, string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var committed = "";
        while (true)
        {
            try
            {
                if ((await files.LinesAsync(sql)) is ["true"]) return;
                var now = (await files.LinesAsync(
                    "SELECT concat_ws(' ', sum(rows_loaded), count(*) FILTER (WHERE status = 'loaded')) FROM ingest.file"))[0];
                if (now != committed) patience.CancelAfter(TimeSpan.FromMinutes(2));
                committed = now;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }
            catch (Npgsql.NpgsqlException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                var ledger = await files.LinesAsync(
                    "SELECT concat_ws(' ', status, count(*), owner_node, max(attempts), max(owner_deaths), max(reason), "
                        + "max(error)) FROM ingest.file GROUP BY status, owner_node");
                var nodes = await files.LinesAsync("SELECT concat_ws(' ', node, state, heartbeat_at) FROM ingest.node");
                Assert.Fail($"Not seen in two minutes: {what}\n{string.Join('\n', ledger)}\n{string.Join('\n', nodes)}");
            }
        }
    }

    /// <summary>Until a node has committed part of a file and is not at its end; brings more files as long as none of them was
    /// caught in that state, for a file lasts a fraction of a second and goes to whichever node asks first.</summary>
    /// <param name="node">One of them.</param>
    /// <param name="records">Records of each file that is brought.</param>
    public async Task PartCommittedAsync(string node, int records)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var seen = await files.LinesAsync(
                $"""
                SELECT CASE WHEN EXISTS (SELECT FROM ingest.file f JOIN ingest.batch b USING (file_id) WHERE f.status = 'loading'
                    AND f.owner_node = '{node}') THEN 'seen'
                    WHEN (SELECT count(*) FROM ingest.file WHERE status IN ('pending', 'loading')) < 6 THEN 'too few'
                        ELSE 'wait' END
                """);
            if (seen is ["seen"]) return;
            if (seen is ["too few"]) files.AddFile(records);
            patience.IsCancellationRequested.ShouldBeFalse($"no file was seen of which {node} had committed a part");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until every file that is there is loaded.</summary>
    public Task LoadedAsync() => UntilAsync(
        "all files are loaded",
        $"SELECT (count(*) FILTER (WHERE status = 'loaded') = {Directory.GetFiles(files.Watched, "*.csv").Length})::text FROM "
            + "ingest.file");

    public void Dispose()
    {
        foreach (var process in _running) process.Dispose();
    }
}
