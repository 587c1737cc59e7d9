using Orleans.Runtime;

namespace OrleansIngest.Silo;

/// <summary>Ensures that no silo is taken for its predecessor on the same ports.</summary>
/// <remarks>Orleans distinguishes the two by the second of their start (<see cref="SiloAddress.Generation"/>). A silo that is
/// started with the number of one that has left or died, or a lower one, would find itself declared dead.</remarks>
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
            try
            {
                ports.Generation = self.SiloAddress.Generation;
            }
            catch (IOException)
            {
                // A full disk must not prevent the start; a successor may then have to be started again.
            }

            return Task.CompletedTask;
        });

    /// <summary>Waits until a new silo gets another generation than the last one with the same ports.</summary>
    public static async Task WaitAsync(PortPair ports, TimeProvider time, CancellationToken cancellationToken)
    {
        var last = ports.Generation;
        while (last - Of(time.GetUtcNow()) is >= 0 and < MostSeconds)
            await Task.Delay(Pause, time, cancellationToken);
    }

    /// <summary>The lowest generation that a silo started at a moment can have.</summary>
    /// <remarks>Not <see cref="SiloAddress.AllocateNewGeneration"/>: each call in a process takes a higher number, even within a
    /// second, so asking would make this silo's one run ahead of the clock.</remarks>
    public static int Of(DateTimeOffset moment) => (int)((moment - Epoch).Ticks / TimeSpan.TicksPerSecond);
}
