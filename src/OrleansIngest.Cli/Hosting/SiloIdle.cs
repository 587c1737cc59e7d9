using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>Knows when a silo has nothing left to do.</summary>
static class SiloIdle
{
    const int QuietRounds = 2;

    /// <summary>Returns when every coordinator has made two rounds, and so two listings, in which nothing was new or settling,
    /// and the ledger has no file that waits, loads, or is to be archived or deleted, and no index to build; failures are retried
    /// by the next silo.</summary>
    /// <remarks>While a database with pipelines is unavailable, the silo is not idle.</remarks>
    public static async Task WaitAsync(SiloProgram silo, LocalNodes nodes, TimeSpan interval, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var quietSince = new Dictionary<GrainKey, long>();
        while (true)
        {
            var idle = true;
            foreach (var local in nodes.All)
            {
                idle &= local.Running is not null || local.IsEmpty;
                foreach (var pipeline in local.Pipelines)
                {
                    var key = new GrainKey(local.Database, pipeline);
                    var status = await StatusAsync(grains, key);
                    var busy = status is null || status.Settling > 0 || status.Claimed > 0 || status.Rounds == 0
                        || await HasWorkAsync(local.Node.LedgerSource, pipeline, cancellationToken);
                    if (busy) quietSince.Remove(key);
                    else quietSince.TryAdd(key, status!.Rounds);
                    idle &= !busy && status!.Rounds - quietSince[key] >= QuietRounds;
                }
            }

            if (idle) return;
            await Task.Delay(interval, time, cancellationToken);
        }
    }

    /// <summary>Ends when every coordinator has made its first round: from here on, files are seen as they appear.</summary>
    public static async Task WaitUntilRunningAsync(
        SiloProgram silo, IReadOnlyList<string> pipelines, TimeSpan interval, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        foreach (var pipeline in pipelines)
        {
            while (await StatusAsync(grains, new GrainKey(null, pipeline)) is not { Rounds: > 0 })
                await Task.Delay(interval, time, cancellationToken);
        }
    }

    /// <summary>Null while the coordinator does not answer: it waits for the database, or moves
    /// from one silo to another.</summary>
    static async Task<CoordinatorStatus?> StatusAsync(IGrainFactory grains, GrainKey pipeline)
    {
        try
        {
            return await grains.GetGrain<ICoordinatorGrain>($"{pipeline}").GetStatusAsync();
        }
        catch (Exception failure) when (failure is OrleansException or NpgsqlException or IOException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>While the database is unavailable, the silo counts as busy.</summary>
    static async Task<bool> HasWorkAsync(NpgsqlDataSource ledger, string pipeline, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ledger.OpenConnectionAsync(cancellationToken);
            return await new LedgerReader(connection).HasOpenAsync(pipeline, cancellationToken)
                || await new DisposalLedger(ledger).PendingAsync(pipeline, cancellationToken) > 0
                || (await new DroppedIndexLedger(ledger).CountAsync(pipeline, cancellationToken)).Pending > 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            return true;
        }
    }
}
