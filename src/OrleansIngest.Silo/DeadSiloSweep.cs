using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Removes dead silos that the membership table lists as active, before this silo joins.</summary>
/// <remarks>Orleans lets a silo join only when all active ones answer, and a silo that is joining does not vote. After a kill -9
/// of the whole cluster the first silo would wait for the dead ones until their signs of life are stale. Two things prove a death
/// at once: a refused connection (the machine answers, the process does not exist), and the ledger, where each silo is a node of
/// the same name, which holds a lock as long as its process lives. The second is needed where another process has taken the port,
/// such as a silo of another cluster on the same machine. No answer at all proves nothing, and is left to Orleans.</remarks>
sealed partial class DeadSiloSweep(
    IMembershipTable table, ILocalSiloDetails self, LocalNodes nodes, IOptions<ClusterMembershipOptions> options,
    TimeProvider time, ILogger<DeadSiloSweep> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    const int Attempts = 5; // other silos may be changing the table too

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(DeadSiloSweep), ServiceLifecycleStage.RuntimeServices, RunAsync);

    async Task RunAsync(CancellationToken cancellationToken)
    {
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var silos = await table.ReadAllAsync(cancellationToken);
            var others = silos.Members.Where(
                m => MayAnswer(m.Item1) && !m.Item1.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)).ToArray();
            RefuseSharedLoopback(silos);
            var refused = await Task.WhenAll(others.Select(m => IsRefusedAsync(m.Item1.SiloAddress.Endpoint, cancellationToken)));
            // A silo joins the ledger before the cluster (NodeHost), so one that is alive is known there.
            var gone = others.Length == 0
                ? new HashSet<string>()
                : await new NodeLedger(nodes.Main.Node.LedgerSource).GoneAmongAsync(others.Select(m => m.Item1.SiloName),
                    cancellationToken);
            var dead = others.Where((m, i) => refused[i] || gone.Contains(m.Item1.SiloName)).ToArray();
            if (dead.Length == 0 || await StrikeOffAsync(dead, silos.Version, cancellationToken)) return;
        }
    }

    /// <returns>False when another silo changed the table in between.</returns>
    async Task<bool> StrikeOffAsync(IReadOnlyList<Tuple<MembershipEntry, string>> dead, TableVersion version,
        CancellationToken cancellationToken)
    {
        foreach (var (entry, etag) in dead)
        {
            entry.AddSuspector(self.SiloAddress, time.GetUtcNow().UtcDateTime);
            entry.Status = SiloStatus.Dead;
            var next = version.Next();
            if (!await table.UpdateRowAsync(entry, etag, next, cancellationToken)) return false;
            LogStruckOff(entry.SiloAddress, entry.HostName);
            version = new TableVersion(next.Version, next.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return true;
    }

    /// <summary>Of two machines that both advertise 127.0.0.1, each would mistake the other for its
    /// own predecessor, and end it.</summary>
    void RefuseSharedLoopback(MembershipTableData silos)
    {
        if (!IPAddress.IsLoopback(self.SiloAddress.Endpoint.Address)) return;
        var stale = time.GetUtcNow().UtcDateTime
            - options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit;
        var stranger = silos.Members.Select(m => m.Item1)
            .FirstOrDefault(e => e.Status == SiloStatus.Active && e.HostName != self.DnsHostName && e.IAmAliveTime > stale);
        if (stranger is not null)
        {
            throw new OrleansConfigurationException(
                $"This silo would advertise {self.SiloAddress.Endpoint} to a silo on another host, {stranger.HostName}, which "
                + "cannot reach it. Give each machine's silo its own address (up --advertise, or "
                + "SiloOptions.AdvertisedAddress).");
        }
    }

    static bool MayAnswer(MembershipEntry entry) =>
        entry.Status is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    static async Task<bool> IsRefusedAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(endpoint, patience.Token);
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
