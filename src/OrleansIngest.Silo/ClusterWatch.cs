using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using OrleansIngest.Silo.Clock;

namespace OrleansIngest.Silo;

/// <summary>Logs, in one line each, which silos join and leave. Orleans' own report of a lost silo is pages of stack traces.
/// Tells <see cref="SiloClock"/> whether there are others.</summary>
sealed partial class ClusterWatch(
    IClusterMembershipService membership, ILocalSiloDetails self, SiloClock clock,
    ILogger<ClusterWatch> logger) : BackgroundService
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
            // The program is stopping.
        }
    }

    void Report(ClusterMembershipSnapshot snapshot)
    {
        var active = snapshot.Members.Values.Count(m => m.Status == SiloStatus.Active);
        clock.IsAlone = snapshot.Members.Values.All(
            m => m.Status is SiloStatus.None or SiloStatus.Dead || m.SiloAddress.Equals(self.SiloAddress));
        foreach (var member in snapshot.Members.Values)
        {
            var before = _known.GetValueOrDefault(member.SiloAddress);
            if (member.Status == before) continue;
            _known[member.SiloAddress] = member.Status;
            if (member.SiloAddress.Equals(self.SiloAddress)) continue;
            if (member.Status == SiloStatus.Active) LogJoined(member.Name, member.SiloAddress.Endpoint, active);
            else if (member.Status == SiloStatus.Dead && before == SiloStatus.Active)
                LogLost(member.Name, member.SiloAddress.Endpoint, active);
            else if (member.Status == SiloStatus.Dead && before != SiloStatus.None)
                LogLeft(member.Name, member.SiloAddress.Endpoint, active);
        }
    }
}
