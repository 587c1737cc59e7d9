using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Hands claims to file grains on the silos of their owners: the ledger decides the owner,
/// Orleans only delivers the claim.</summary>
sealed partial class GrainFileWorkers(
    IGrainFactory grains, IClusterMembershipService membership, TimeProvider time, ILogger<GrainFileWorkers> logger)
{
    /// <summary>A silo that hangs must not delay the rounds of the coordinator; the ledger releases its claims.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Time to deliver a claim to its owner; after ten seconds the owner returns claims that have not arrived.</summary>
    static readonly TimeSpan Persistence = TimeSpan.FromSeconds(8);

    // an activation on the wrong silo takes a few milliseconds to deactivate
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The workers for the files of one database.</summary>
    /// <param name="database">Null for the main one.</param>
    public IFileWorkers For(string? database) => new OfDatabase(this, database);

    async Task StartAsync(string? database, IReadOnlyList<FileClaim> claims, CancellationToken cancellationToken)
    {
        var silos = SilosByNode();
        var all = Task.WhenAll(
            claims.Select(claim => HandOverAsync(database, claim, silos.GetValueOrDefault(claim.Owner.Value))));
        try
        {
            await all.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSlow(claims.Count);
        }
    }

    /// <summary>A silo has the name of its node (see SiloHost), and the membership has the address
    /// of its current generation.</summary>
    Dictionary<string, SiloAddress> SilosByNode() =>
        membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active)
            .GroupBy(m => m.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(m => m.SiloAddress.Generation)!.SiloAddress, StringComparer.Ordinal);

    async Task HandOverAsync(string? database, FileClaim claim, SiloAddress? silo)
    {
        var grain = grains.GetGrain<IFileGrain>(new GrainKey(database, claim.FileId.ToString()).ToString());
        var from = time.GetTimestamp();
        for (var pause = Pause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            string problem;
            try
            {
                // Where to create the activation if there is none; any silo if the owner's is not a member (yet).
                if (silo is not null) RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
                var outcome = await grain.StartAsync(claim);
                if (outcome is StartOutcome.Accepted or StartOutcome.Stale) return;
                problem = outcome.ToString();
                if (outcome == StartOutcome.Draining)
                {
                    LogNotHandedOver(claim.Pipeline, claim.FileId.Value, claim.Owner.Value, problem);
                    return;
                }
            }
            catch (Exception failure)
            {
                // Usually a silo that was just lost: the file's grain was there, and the call fails when Orleans declares the
                // silo dead. The next call places the grain elsewhere. A silo ignores a claim that it already has.
                problem = failure.Message;
            }

            if (time.GetElapsedTime(from) > Persistence)
            {
                LogNotHandedOver(claim.Pipeline, claim.FileId.Value, claim.Owner.Value, problem);
                return;
            }

            await Task.Delay(pause, time);
        }
    }

    sealed class OfDatabase(GrainFileWorkers workers, string? database) : IFileWorkers
    {
        public Task StartAsync(IReadOnlyList<FileClaim> claims, CancellationToken cancellationToken) =>
            workers.StartAsync(database, claims, cancellationToken);
    }
}
