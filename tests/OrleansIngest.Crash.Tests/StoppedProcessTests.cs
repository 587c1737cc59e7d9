using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Crash.Tests;

/// <summary>G3 with a real process: one that hangs (SIGSTOP, as a paused machine does) neither blocks its files nor commits
/// anything when it wakes.</summary>
public sealed class StoppedProcessTests
{
    [Fact]
    public async Task A_process_stopped_in_mid_load_loses_its_files_and_commits_nothing_when_it_wakes()
    {
        await using var files = await KnownFiles.CreateAsync(files: 3, records: 30_000, batchRecords: 100);
        using var stopped = IngestProcess.Start(files.ConnectionString, null, "up", "--config", files.Config, "--http",
            "127.0.0.1:0");
        for (long more = 0, rows = 2_000; ; more++)
        {
            while (await files.LoadedRowsAsync() < rows)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            stopped.Signal("STOP");
            if ((await files.LinesAsync("SELECT status FROM ingest.file")).Contains("loading")) break;
            // Stopped when it had done everything: nothing would be proved.
            more.ShouldBeLessThan(20);
            rows = await files.LoadedRowsAsync() + 2_000;
            files.AddFile(30_000);
            stopped.Signal("CONT");
        }

        await LoadTheRestAsync(files);
        stopped.Signal("CONT");
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System); // its chance to do harm
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    /// <summary>A coordinator and workers of another node, until everything is loaded.</summary>
    static async Task LoadTheRestAsync(KnownFiles files)
    {
        var pipeline = new PipelineOptions { Name = "crash", Table = "t", Watch = [files.Watched], SettleTime = TimeSpan.Zero };
        await using var node = await IngestNode.StartAsync(
            new IngestNodeOptions { ConnectionString = files.ConnectionString, Pipelines = [pipeline] },
            NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        using var coordinator = node.CreateCoordinator(pipeline.Name, workers);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while ((await files.LinesAsync("SELECT status FROM ingest.file WHERE status <> 'loaded'")).Count > 0)
        {
            var wait = await coordinator.RunRoundAsync(limit.Token);
            await coordinator.WaitAsync(wait, limit.Token);
        }

        var claimedAfter = await files.LinesAsync(
            $"SELECT (max(f.claimed_at) - max(n.left_at) < interval '15 s')::text FROM ingest.file f, ingest.node n WHERE "
                + $"f.owner_node = '{node.Id}' AND n.state = 'dead'");
        claimedAfter.ShouldBe(["true"]);
    }
}
