using Orleans.Runtime;

namespace OrleansIngest.Silo;

/// <summary>Ensures that no silo is taken for its predecessor on the same ports.</summary>
/// <remarks>Orleans distinguishes the two by the second of their start (<see cref="SiloAddress.Generation"/>). A silo that is
/// started in the same second as one that has left or died would find itself declared dead.</remarks>
sealed class SiloGeneration(PortPair ports, ILocalSiloDetails self) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>A predecessor that is further ahead started before the clock was set back. The two may collide then, but nobody
    /// waits for that long.</summary>
    const int MostSeconds = 3;

    /// <summary>That of <see cref="SiloAddress.AllocateNewGeneration"/>.</summary>
    static readonly DateTimeOffset Epoch = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Remembers the generation of this silo before it joins the cluster.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(SiloGeneration),
        ServiceLifecycleStage.First, _ =>
        {
            ports.Generation = self.SiloAddress.Generation;
            return Task.CompletedTask;
        });

    /// <summary>Waits until a new silo gets another generation than the last one with the same ports.</summary>
    public static async Task WaitAsync(PortPair ports, TimeProvider time, CancellationToken cancellationToken)
    {
        while (ports.Generation is { } last && last - Of(time.GetUtcNow()) is >= 0 and < MostSeconds)
            await Task.Delay(Pause, time, cancellationToken);
    }

    /// <summary>The generation of a silo that is started at a moment, or one less than it.</summary>
    /// <remarks><see cref="SiloAddress.AllocateNewGeneration"/> returns a higher one at each call of a process, even within a
    /// second. Clients take one as well.</remarks>
    public static int Of(DateTimeOffset moment) => (int)((moment - Epoch).Ticks / TimeSpan.TicksPerSecond);
}
