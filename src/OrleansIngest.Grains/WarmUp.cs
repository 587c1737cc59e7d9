using Microsoft.Extensions.Hosting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Grains;

/// <summary>When a silo has started, it hands itself a claim that nobody made: a file grain is activated, reads its checkpoint,
/// finds the claim stale and leaves. So the code for it is compiled, and its connection is open, before the first file
/// comes.</summary>
sealed class WarmUp(GrainFileWorkers workers, LocalNodes local) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        // A failure does no harm: the first file does without.
        await workers.For(null).StartAsync([ClaimOf(local.Main.Node.Id)], stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A claim that is stale for every grain.</summary>
    internal static FileClaim ClaimOf(NodeId owner) => new()
    {
        FileId = default, // no file has it
        Pipeline = "",
        File = new SeenFile("", 0, 0, 0, 0),
        Epoch = -1, // before the first
        Owner = owner,
        Attempts = 0,
        Committed = [],
    };
}
