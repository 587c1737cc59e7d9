namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>A parsed date and time, before any zone is applied.</summary>
/// <param name="Days">Days since 2000-01-01.</param>
/// <param name="Time">Microseconds since midnight, up to and including 24:00.</param>
/// <param name="HasZone">Whether the text has a zone.</param>
/// <param name="OffsetSeconds">East of UTC; 0 without a zone.</param>
readonly record struct ParsedDateTime(int Days, long Time, bool HasZone, int OffsetSeconds)
{
    public const long Second = 1_000_000;
    public const long Day = 86_400 * Second;

    /// <summary>Microseconds since 2000-01-01, in the text's own clock.</summary>
    public long Local => (Days * Day) + Time;
}
