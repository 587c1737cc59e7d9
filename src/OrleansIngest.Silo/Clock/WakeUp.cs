namespace OrleansIngest.Silo.Clock;

/// <summary>A moment at which delays end.</summary>
/// <param name="at">In milliseconds of <see cref="WakeUps.Now"/>.</param>
sealed class WakeUp(long at)
{
    public long At => at;

    /// <summary>Ends it; set once it is pending.</summary>
    public ITimer? Clock { get; set; }

    /// <summary>Those that end at this moment, in no order.</summary>
    public List<SharedTimer> Timers { get; } = [];
}
