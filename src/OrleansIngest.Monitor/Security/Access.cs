namespace OrleansIngest.Monitor.Security;

/// <summary>What an endpoint asks of its callers. One without it may be read by those who may look, and changed by operators.</summary>
/// <param name="IsOpen">Whether everybody may call it.</param>
sealed record Access(bool IsOpen)
{
    /// <summary>Holds no data, or decides itself what it says to whom.</summary>
    public static Access Open { get; } = new(true);
}
