using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Hosting;

/// <summary>One node of the Engine with its coordinators, which take files for this node only.</summary>
sealed partial class IngestService(IOptions<IngestHostOptions> options, ILoggerFactory loggers, TimeProvider time,
    ILogger<IngestService> logger) : BackgroundService
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500), LongestPause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LostClaimsEvery = TimeSpan.FromSeconds(5);
    static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, PipelineRounds> _rounds = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host's start does not wait for the database
        try
        {
            await using var node = await StartNodeAsync(stoppingToken);
            await using var workers = new TaskFileWorkers(node, loggers) { OnEnded = (claim, _) => Wake(claim.Pipeline) };
            foreach (var pipeline in node.Pipelines)
                _rounds[pipeline] = new PipelineRounds(node.CreateCoordinator(pipeline, workers), pipeline, time,
                    loggers.CreateLogger<PipelineRounds>());
            LogStarted(node.Id.Value, string.Join(", ", node.Pipelines));
            await Task.WhenAll([KeepClaimsAsync(node, stoppingToken),
                .. _rounds.Values.Select(rounds => rounds.RunAsync(stoppingToken))]);
            await SayDrainingAsync(node);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops before the database was reached.
        }
    }

    void Wake(string pipeline)
    {
        if (_rounds.TryGetValue(pipeline, out var rounds)) rounds.Wake();
    }

    /// <summary>Waits for an unavailable database; every other failure ends the host.</summary>
    async Task<IngestNode> StartNodeAsync(CancellationToken stoppingToken)
    {
        var node = options.Value.NodeOptions();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if (options.Value.MigrateLedger) await MigrateAsync(stoppingToken);
                return await IngestNode.StartAsync(node, loggers, time, stoppingToken);
            }
            catch (NpgsqlException failure) when (failure.IsTransient)
            {
                LogNotReached(failure.Message);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    async Task MigrateAsync(CancellationToken stoppingToken)
    {
        await using var connections = PostgresDataSource.Create(options.Value.ConnectionString);
        await Migrations.ApplyAsync(connections, stoppingToken, withEvents: false);
    }

    async Task KeepClaimsAsync(IngestNode node, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LostClaimsEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stoppingToken.IsCancellationRequested) await node.ReleaseLostClaimsAsync(stoppingToken);
            }
            catch (Exception failure)
            {
                if (!stoppingToken.IsCancellationRequested) LogClaimsUnknown(failure.Message);
            }
        }
    }

    /// <summary>A database that hangs must not delay the host's shutdown.</summary>
    async Task SayDrainingAsync(IngestNode node)
    {
        try
        {
            await node.DrainAsync(CancellationToken.None).WaitAsync(DrainPatience, time);
        }
        catch (Exception failure)
        {
            LogDrainUnknown(failure.Message);
        }
    }
}
