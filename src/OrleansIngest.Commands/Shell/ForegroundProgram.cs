using System.Diagnostics;

namespace OrleansIngest.Commands.Shell;

/// <summary>Another program that has the terminal to itself for a while. Ctrl-C is meant for it, not for us.</summary>
static class ForegroundProgram
{
    static int _running;

    /// <summary>Whether one runs.</summary>
    public static bool Runs => Volatile.Read(ref _running) > 0;

    /// <summary>Runs it on this terminal until it ends.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        Interlocked.Increment(ref _running);
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
