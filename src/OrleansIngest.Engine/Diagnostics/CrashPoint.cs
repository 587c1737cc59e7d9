using System.Diagnostics;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Named points of the protocol at which the crash suite kills the process:
/// <c>INGEST_CRASH_AT=name:n</c> ends it, as SIGKILL would, when the point is reached for the n-th time. Without the variable a
/// point costs one comparison.</summary>
static class CrashPoint
{
    static readonly string? Name;
    static int _left;

    static CrashPoint()
    {
        var parts = Environment.GetEnvironmentVariable("INGEST_CRASH_AT")?.Split(':');
        if (parts is not [var name, var count]) return;
        Name = name;
        _left = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Marks a point of the protocol.</summary>
    public static void Hit(string name)
    {
        if (Name is null || Name != name || Interlocked.Decrement(ref _left) != 0) return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        new ManualResetEventSlim().Wait();
    }
}
