using System.Runtime.InteropServices;

namespace OrleansIngest.Native;

/// <summary>The program with all commands, in the directory <c>complete</c> of a release. In a clone
/// <c>./ingest</c> chooses between the two, and this directory does not exist.</summary>
static partial class CompleteProgram
{
    /// <summary>Replaces this process with the complete program, unless the command line is for one of these commands. Returns if
    /// it is, or if there is no complete program.</summary>
    /// <param name="commands">Names of the commands that this program has.</param>
    /// <param name="arguments">The command line, without the program's name. Help and version concern all commands.</param>
    public static void ExecUnlessOneOf(IEnumerable<string> commands, string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "complete", "ingest");
        if (commands.Contains(arguments.FirstOrDefault()) || !File.Exists(program)) return;
        _ = Execv(program, [program, .. arguments, null]);
        Console.Error.WriteLine($"ingest: {program} cannot be run: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, string?[] arguments);
}
