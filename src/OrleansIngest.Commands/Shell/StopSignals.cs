namespace OrleansIngest.Commands.Shell;

/// <summary>Tells the first request to stop from the second one.</summary>
/// <param name="time">Its clock.</param>
sealed class StopSignals(TimeProvider time)
{
    /// <summary>Signals within this time of the first one are the same request: GNU's <c>timeout</c> signals its child and then
    /// the whole process group, and a service manager may send SIGTERM twice. A person needs longer for a second
    /// Ctrl-C.</summary>
    internal static readonly TimeSpan Together = TimeSpan.FromSeconds(0.5);

    readonly Lock _lock = new();
    long? _first;

    /// <summary>Takes a signal; several may arrive at once, on several threads.</summary>
    public StopRequest Take()
    {
        lock (_lock)
        {
            if (_first is { } first)
                return time.GetElapsedTime(first) < Together ? StopRequest.Repeated : StopRequest.Urgent;
            _first = time.GetTimestamp();
            return StopRequest.First;
        }
    }
}

/// <summary>What a signal asks for.</summary>
enum StopRequest
{
    /// <summary>To end, as far as it can be done in time.</summary>
    First,

    /// <summary>Nothing new.</summary>
    Repeated,

    /// <summary>To end at once.</summary>
    Urgent,
}
