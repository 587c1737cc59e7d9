using System.Runtime.InteropServices;

namespace OrleansIngest.Commands.Shell;

/// <summary>Standard output as a pipe or a socket whose reader may end before this program, as <c>head -1</c> does.</summary>
/// <remarks>Other programs end by SIGPIPE or by a failed write. .NET ignores the signal, and its console swallows the failure:
/// a command that prints for ever has to ask.</remarks>
static partial class OutputPipe
{
    const int StandardOutput = 1;
    const short Error = 8, HangUp = 16, Invalid = 32;

    /// <summary>Whether nobody will read standard output any more; false where the operating system cannot be asked.</summary>
    public static bool IsClosed()
    {
        if (OperatingSystem.IsWindows()) return false;
        var asked = new Descriptor { Number = StandardOutput };
        return Poll(ref asked, 1, 0) > 0 && (asked.Found & (Error | HangUp | Invalid)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Descriptor descriptor, nuint count, int milliseconds);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Descriptor
    {
        public int Number;
        public short Wanted;
        public short Found;
    }
}
