using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansIngest.Silo;

/// <summary>Says in the log, in one line each, which silos come and go. Orleans' own account of a lost silo is pages of stack traces.</summary>
sealed partial class ClusterWatch(IClusterMembershipService membership, ILocalSiloDetails self, ILogger<ClusterWatch> logger) : BackgroundService
{
    readonly Dictionary<SiloAddress, SiloStatus> _known = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken)) Report(snapshot);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends.
        }
    }

    void Report(ClusterMembershipSnapshot snapshot)
    {
        var active = snapshot.Members.Values.Count(m => m.Status == SiloStatus.Active);
        foreach (var member in snapshot.Members.Values)
        {
            var before = _known.GetValueOrDefault(member.SiloAddress);
            if (member.Status == before) continue;
            _known[member.SiloAddress] = member.Status;
            if (member.SiloAddress.Equals(self.SiloAddress)) continue;
            if (member.Status == SiloStatus.Active) LogJoined(member.Name, member.SiloAddress.Endpoint, active);
            else if (member.Status == SiloStatus.Dead && before == SiloStatus.Active) LogLost(member.Name, member.SiloAddress.Endpoint, active);
            else if (member.Status == SiloStatus.Dead && before != SiloStatus.None) LogLeft(member.Name, member.SiloAddress.Endpoint, active);
        }
    }
}
