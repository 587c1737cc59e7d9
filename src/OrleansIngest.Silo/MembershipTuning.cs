using Orleans.Configuration;

namespace OrleansIngest.Silo;

/// <summary>How fast a lost silo is detected. Measured on two cores: research/orleans.md, section 13; the mechanics:
/// dotnet/orleans, src/Orleans.Runtime/MembershipService/{SiloHealthMonitor,ClusterHealthMonitor,MembershipAgent}.cs.</summary>
static class MembershipTuning
{
    public static void Configure(ClusterMembershipOptions options)
    {
        // A killed silo closes its connections, so its probes fail at once: two of them, half a second apart (Orleans adapts the
        // period between the two limits to the answers it gets), and one vote. Orleans' defaults (5 s, three probes, two votes)
        // took 6 to 7.5 s, these 0.7 to 1.1 s.
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 2;
        options.NumVotesForDeathDeclaration = 1;

        // Such a quick vote would declare a slow silo dead (two busy cores, a long collection). To prevent that, no vote counts
        // as long as the silo's connection carried any message within MaxProbeTimeout × NumMissedProbesLimit = 5 s. A late answer
        // is a message; a closed connection is not. This is also how long a hung silo (SIGSTOP, a cut cable) stays a member: with
        // the default, 4 × ProbeTimeout, it would be 8 s, with Orleans' default ProbeTimeout a minute.
        options.EnableConnectionLivenessCheck = true;
        options.MaxProbeTimeout = TimeSpan.FromSeconds(2.5);
        options.ExtendProbeTimeoutDuringDegradation = true;

        // Gossip carries changes at once; the table is read for changes that gossip missed.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);

        // A joining silo probes only those that others suspect or that gave no sign of life in the table for three periods. After
        // the loss of all silos at once no silo is left to suspect them, and a fresh start would wait for 90 s by default (see
        // DeadSiloSweep for the usual case).
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        options.NumMissedTableIAmAliveLimit = 3;
    }
}
