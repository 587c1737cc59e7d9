using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Hands claims to file grains on the silos of their owners: the ledger has decided who works, Orleans only brings the work there.</summary>
sealed partial class GrainFileWorkers(
    IGrainFactory grains, IClusterMembershipService membership, TimeProvider time, ILogger<GrainFileWorkers> logger) : IFileWorkers
{
    /// <summary>A silo that hangs must not hold up the rounds of the coordinator; its claims come back through the ledger.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    const int Attempts = 10; // an activation that is leaving the wrong silo takes a few milliseconds

    public async Task StartAsync(IReadOnlyList<FileClaim> claims, CancellationToken cancellationToken)
    {
        var silos = SilosByNode();
        var all = Task.WhenAll(claims.Select(claim => HandOverAsync(claim, silos.GetValueOrDefault(claim.Owner.Value))));
        try
        {
            await all.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSlow(claims.Count);
        }
    }

    /// <summary>A silo bears the name of its node (see SiloHost), and the membership has the address of its present generation.</summary>
    Dictionary<string, SiloAddress> SilosByNode() =>
        membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active)
            .GroupBy(m => m.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(m => m.SiloAddress.Generation)!.SiloAddress, StringComparer.Ordinal);

    async Task HandOverAsync(FileClaim claim, SiloAddress? silo)
    {
        try
        {
            var grain = grains.GetGrain<IFileGrain>(claim.FileId.ToString());
            for (var attempt = 1; ; attempt++)
            {
                // Where the activation is made if there is none; any silo if the owner's is not there (yet).
                if (silo is not null) RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
                var outcome = await grain.StartAsync(claim);
                if (outcome != StartOutcome.Elsewhere || attempt == Attempts)
                {
                    if (outcome is StartOutcome.Elsewhere or StartOutcome.Draining)
                        LogNotHandedOver(claim.Pipeline, claim.FileId.Value, claim.Owner.Value, outcome.ToString());
                    return;
                }

                await Task.Delay(Pause * attempt, time);
            }
        }
        catch (Exception failure)
        {
            // A silo that was lost a moment ago, mostly. The ledger knows: its node's death frees the file.
            LogNotHandedOver(claim.Pipeline, claim.FileId.Value, claim.Owner.Value, failure.Message);
        }
    }
}
