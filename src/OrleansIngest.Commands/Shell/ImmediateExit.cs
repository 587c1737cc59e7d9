using System.Runtime.InteropServices;

namespace OrleansIngest.Commands.Shell;

/// <summary>Ends this process without asking anything in it.</summary>
static partial class ImmediateExit
{
    /// <summary>Returns to the operating system at once. <see cref="Environment.Exit"/> may wait for what hangs: a call that
    /// holds a lock, a handler of the process's end. Log lines are written when they arise, so none is lost.</summary>
    /// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
    public static void With(int exitCode)
    {
        if (OperatingSystem.IsWindows()) Environment.Exit(exitCode);
        else Exit(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
